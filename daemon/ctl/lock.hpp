// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"
#include "daemon/ctl/instance.hpp"
#include "lib/core/date.hpp"

namespace consolidador::ctl {

// What lets something go that was proven: each says first what that is, and asks. day_failed when
// the person does not say yes. All throw BusError (Refused when no day is held), and UsageError
// where nobody can be asked.

/// The held days of the range, newest first; throws BusError.
std::vector<bus::Dict> held_days(const Instance& instance, const DateRange& range);

/// The held days of the range become what the POS has now.
ExitCode approve(bus::Connection& connection, const Instance& instance, const CommandLine& line,
                 const Screen& screen);

/// One target takes the other's rows of a day which the POS has no longer.
ExitCode restore(bus::Connection& connection, const Instance& instance, const CommandLine& line,
                 const Screen& screen);

/// This machine writes the branch's days from now on.
ExitCode take_over(const Instance& instance, const CommandLine& line, const Screen& screen);

}  // namespace consolidador::ctl
