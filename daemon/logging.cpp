// SPDX-License-Identifier: MIT
#include "daemon/logging.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/error.hpp"
#include "lib/core/log.hpp"

namespace consolidador {

void make_log_folder(const Config& config) {
  std::error_code error;
  std::filesystem::create_directories(config.paths.logs, error);
  if (error)
    throw ConfigError(
        fmt::format("paths.logs: {} cannot be made: {}; make it, or change paths.logs",
                    config.paths.logs.string(), error.message()));
}

void start_logging(const Config& config, bool quiet_console) {
  make_log_folder(config);
  log::Options options;
  options.level = config.log.level;
  options.branch = config.branch.id;
  options.console_level =
      quiet_console ? std::max(config.log.level, log::Level::warning) : config.log.level;
  if (!config.log.file.empty()) options.file = config.paths.logs / config.log.file;
  log::start(options);
}

}  // namespace consolidador
