// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"
#include "daemon/ctl/instance.hpp"

namespace consolidador::ctl {

/// What a target remembers of days: their versions, the rows of one, or what has made it. Throws
/// BusError; NotFound as version_at() does.
void history(const Instance& instance, const CommandLine& line, const Screen& screen);

/// The version of the day, of an answer of GetHistory, that was valid then, `YYYY-MM-DD HH:MM:SS`
/// on the branch's clocks. Throws BusError (NotFound) where the target had not the day yet, the day
/// was still open, or the target does not remember so far back.
std::uint32_t version_at(const bus::Dict& history, const std::string& moment,
                         const std::string& date);

}  // namespace consolidador::ctl
