// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <mutex>

#include "lib/config/config.hpp"
#include "lib/core/writer.hpp"

namespace consolidador {

/// Makes the folder of the logs when it is missing. Throws ConfigError.
void make_log_folder(const Config& config);

/// Makes the folder of the logs when it is missing and starts bot.log and stderr. `quiet_console`:
/// stderr gets warnings and errors only, because a person looks at a progress bar. `writer`: writes
/// bot.log; none: each line waits for the disk. Throws ConfigError.
void start_logging(const Config& config, bool quiet_console,
                   const std::shared_ptr<Writer>& writer = nullptr);

/// The service's log, whose level can be changed while it runs. Safe from every thread.
class ServiceLog {
 public:
  explicit ServiceLog(std::shared_ptr<Writer> writer) : writer_(std::move(writer)) {}

  void start(const Config& config);  ///< as start_logging()
  log::Level level() const;
  void set_level(log::Level level);  ///< until the next start()

 private:
  std::shared_ptr<Writer> writer_;
  mutable std::mutex mutex_;
  log::Level level_ = log::Level::info;
};

}  // namespace consolidador
