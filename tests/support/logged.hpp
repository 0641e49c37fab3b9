// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/core/log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador::test {

/// What `work` logs; in a child, because sinks belong to the whole process.
template <typename Work>
std::string logged(Work work) {
  const TempDir dir;
  const int code = Child([&] {
                     log::Options options;
                     options.file = dir / "bot.log";
                     options.console_level = log::Level::error;
                     log::start(options);
                     work();
                     return 0;
                   }).wait();
  CHECK(code == 0);
  return read_file(dir / "bot.log");
}

}  // namespace consolidador::test
