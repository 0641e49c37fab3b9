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

void start_logging(const Config& config, bool quiet_console,
                   const std::shared_ptr<Writer>& writer) {
  make_log_folder(config);
  log::Options options;
  options.level = config.log.level;
  options.branch = config.branch.id;
  options.console_level =
      quiet_console ? std::max(config.log.level, log::Level::warning) : config.log.level;
  if (!config.log.file.empty()) options.file = config.paths.logs / config.log.file;
  options.writer = writer;
  log::start(options);
}

void ServiceLog::start(const Config& config) {
  start_logging(config, false, writer_);
  const std::lock_guard lock(mutex_);
  level_ = config.log.level;
}

log::Level ServiceLog::level() const {
  const std::lock_guard lock(mutex_);
  return level_;
}

void ServiceLog::set_level(log::Level level) {
  const std::lock_guard lock(mutex_);
  level_ = level;
  log::set_level(level);
}

}  // namespace consolidador
