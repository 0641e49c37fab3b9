// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"
#include "daemon/ctl/instance.hpp"

namespace consolidador::ctl {

/// A day, row by row, in all places, or a line for each of several days; with `rerun`, what has
/// become of the rows that the last diff of the day has shown. day_failed where places differ or a
/// ledger says otherwise than its rows, else unreachable where one could not be compared. Throws
/// BusError.
ExitCode diff(const Instance& instance, const CommandLine& line, const Screen& screen);

}  // namespace consolidador::ctl
