// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"
#include "lib/core/error.hpp"

namespace consolidador::ctl {

/// Carries the command out; the process's exit code. Throws BusError, NotRunning, UsageError,
/// and Error for the fleet.
int run_command(const CommandLine& line, const Screen& screen);

/// The error of a command as people are told it: one that the caller may not give says who may, one
/// that is not answered where to look.
bus::BusError explained(const bus::BusError& error, const std::string& command);

/// What a call's error means for the exit code.
ExitCode exit_code_of(const bus::BusError& error);

/// The same for head office's database and its configuration.
ExitCode exit_code_of(const Error& error);

}  // namespace consolidador::ctl
