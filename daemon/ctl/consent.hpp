// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/follow.hpp"

namespace consolidador::ctl {

/// `yes`, and as people say it where this runs: `si` and `sí`. Nothing else, no other case.
bool means_yes(std::string_view answer);

/// Whether a person says yes to the question on the terminal; true without a question when the
/// command line has --yes. Throws UsageError where there is neither --yes nor a terminal.
bool consents(const CommandLine& line, const Screen& screen, const char* question);

}  // namespace consolidador::ctl
