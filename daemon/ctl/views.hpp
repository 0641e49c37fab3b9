// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/bus/value.hpp"
#include "daemon/ctl/figures.hpp"
#include "daemon/ctl/status.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

// What people see: tables, on a terminal in colour and never wider than it.

std::string status_view(const Status& status, Instant now, const Look& look);
std::string days_view(const std::vector<bus::Dict>& days, const Look& look);
std::string day_view(const bus::Dict& day, Instant now, const Look& look);
std::string requests_view(const std::vector<bus::Dict>& requests, const Look& look);

/// `2026-01-05 is held: REASON; see `day 2026-01-05``, of a long reason its beginning.
std::string held_line(const bus::Dict& day);

/// `request 7: backfill 2026-01-01 to 2026-01-31`.
std::string request_title(const bus::Dict& request);

/// The title and how it stands: `...: done, 62 of 62 day tasks, 0 failed`; what was held, and what
/// a cancelled request or one of which everything was refused leaves undone.
std::string request_outcome(const bus::Dict& request);

}  // namespace consolidador::ctl
