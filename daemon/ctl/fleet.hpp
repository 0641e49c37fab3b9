// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"

namespace consolidador::ctl {

/// Asks head office's database about all branches, and shows them or writes the page. Throws
/// ConfigError, DbError.
int run_fleet(const CommandLine& line, const Screen& screen);

}  // namespace consolidador::ctl
