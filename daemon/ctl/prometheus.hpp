// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/ctl/status.hpp"

namespace consolidador::ctl {

/// The statuses in Prometheus' text format, for the textfile collector of node_exporter: base units
/// (seconds; days are counted as dates, lest they be taken for a unit of time, but for the lock's
/// days_held and days_archived), counters end with _total, no time stamps. `down`: branches whose
/// daemon does not run or does not answer; an empty one: it is not known which.
std::string prometheus(const std::vector<Status>& statuses,
                       const std::vector<std::string>& down = {});

}  // namespace consolidador::ctl
