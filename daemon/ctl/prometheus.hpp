// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/ctl/status.hpp"

namespace consolidador::ctl {

/// The statuses in Prometheus' text format, for the textfile collector of node_exporter: base units
/// (seconds; days are counted as dates, lest they be taken for a unit of time, but for the lock's
/// days_held and days_archived), counters end with _total, no time stamps.
std::string prometheus(const std::vector<Status>& statuses);

/// A branch whose daemon does not run: an old file would go on saying that it does.
std::string prometheus_down(const std::string& branch);

}  // namespace consolidador::ctl
