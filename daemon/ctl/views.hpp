// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/ctl/figures.hpp"

namespace consolidador::ctl {

// What people see: tables, in colour on a terminal.

std::string status_view(const bus::Dict& status, Instant now, bool coloured);
std::string days_view(const std::vector<bus::Dict>& days, bool coloured);
std::string day_view(const bus::Dict& day, Instant now, bool coloured);
std::string jobs_view(const std::vector<bus::Dict>& jobs, bool coloured);

/// `2026-01-05 is held: REASON; see `day 2026-01-05``, of a long reason its beginning.
std::string held_line(const bus::Dict& day);

/// `job 7: backfill 2026-01-01 to 2026-01-31`.
std::string job_title(const bus::Dict& job);

}  // namespace consolidador::ctl
