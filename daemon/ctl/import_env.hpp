// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"

namespace consolidador::ctl {

/// Writes the configuration of a branch and its password files from what the Python bot has, and
/// checks it. Nothing that exists is overwritten. Throws ConfigError, std::system_error.
int run_import_env(const CommandLine& line, const Screen& screen);

}  // namespace consolidador::ctl
