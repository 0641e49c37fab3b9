// SPDX-License-Identifier: MIT
#pragma once
#include "lib/config/config.hpp"

namespace consolidador {

/// Makes the folder of the logs when it is missing. Throws ConfigError.
void make_log_folder(const Config& config);

/// Makes the folder of the logs when it is missing and starts bot.log and stderr. `quiet_console`:
/// stderr gets warnings and errors only, because a person looks at a progress bar. Throws
/// ConfigError.
void start_logging(const Config& config, bool quiet_console);

}  // namespace consolidador
