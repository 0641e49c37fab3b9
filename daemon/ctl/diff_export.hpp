// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/ctl/diff_lines.hpp"

namespace consolidador::ctl {

// Days in all places, for what is not a terminal.

/// A line a day.
std::string diff_json(const std::vector<ToldDifferences>& days, DiffRows shown);
/// A record for each row and place that differ (RFC 4180), which a spreadsheet takes for no
/// formula.
std::string diff_csv(const std::vector<ToldDifferences>& days, DiffRows shown);
/// A page that needs nothing else.
std::string diff_page(const std::vector<ToldDifferences>& days, DiffRows shown);

}  // namespace consolidador::ctl
