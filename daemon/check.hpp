// SPDX-License-Identifier: MIT
#pragma once
#include <ostream>

#include "daemon/exit_code.hpp"
#include "lib/config/config.hpp"

namespace consolidador {

/// `consolidadord check`: says on `out` that the configuration is valid; with `connect` also opens
/// each database, prepares every statement there and reads today's audit, one line each.
ExitCode run_check(const Config& config, bool connect, std::ostream& out);

}  // namespace consolidador
