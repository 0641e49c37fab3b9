// SPDX-License-Identifier: MIT
#pragma once

// Catch2 2.13 on Debian 12, 3.7 on Debian 13.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>

namespace consolidador::test {

/// A matcher for texts that hold `part`; its name differs between the two versions.
inline auto contains(const std::string& part) {
#if __has_include(<catch2/catch_all.hpp>)
  return Catch::Matchers::ContainsSubstring(part);
#else
  return Catch::Matchers::Contains(part);
#endif
}

}  // namespace consolidador::test
