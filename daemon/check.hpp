// SPDX-License-Identifier: MIT
#pragma once
#include <ostream>

#include "daemon/command_line.hpp"
#include "lib/config/config.hpp"
#include "lib/core/exit_code.hpp"

namespace consolidador {

/// `consolidadord check`: says on `out` that the configuration is valid; with `connect` also
/// inspects each database and tries its procedures without leaving a trace (lib/preflight).
ExitCode run_check(const Config& config, bool connect, CommandLine::Format format,
                   std::ostream& out);

}  // namespace consolidador
