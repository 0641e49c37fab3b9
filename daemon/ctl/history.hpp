// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"
#include "daemon/ctl/instance.hpp"

namespace consolidador::ctl {

/// What a target remembers of days: their versions, or the rows of one. Throws BusError, NotFound
/// where the day had not been recorded yet at that time.
void history(const Instance& instance, const CommandLine& line, const Screen& screen);

}  // namespace consolidador::ctl
