// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"

namespace consolidador::ctl {

/// Carries the command out; the process's exit code. Throws BusError, NotRunning, UsageError.
int run_command(const CommandLine& line, const Screen& screen);

/// What a call's error means for the exit code.
ExitCode exit_code_of(const bus::BusError& error);

}  // namespace consolidador::ctl
