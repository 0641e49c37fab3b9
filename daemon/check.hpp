// SPDX-License-Identifier: MIT
#pragma once
#include <ostream>

#include "daemon/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "lib/config/config.hpp"

namespace consolidador {

/// `consolidadord check`: says on `out` that the configuration is valid; with `connect` also
/// inspects each database and tries its procedures without leaving a trace (daemon/preflight).
ExitCode run_check(const Config& config, bool connect, CommandLine::Format format,
                   std::ostream& out);

}  // namespace consolidador
