// SPDX-License-Identifier: MIT
#pragma once
#include <ostream>

#include "daemon/exit_code.hpp"
#include "lib/config/config.hpp"

namespace consolidador {

/// `consolidadord check`: says on `out` that the configuration is valid; with `connect` also opens
/// each database, prepares every statement there, reads today's audit and tries the procedures that
/// write in a transaction that is rolled back; one line each.
ExitCode run_check(const Config& config, bool connect, std::ostream& out);

}  // namespace consolidador
