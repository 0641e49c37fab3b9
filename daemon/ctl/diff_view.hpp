// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/ctl/diff_lines.hpp"
#include "daemon/ctl/diff_note.hpp"

namespace consolidador::ctl {

// Days in all places as people see them.

std::string diff_table(const ToldDifferences& day, DiffRows shown, const Look& look);
/// A line a day.
std::string diff_days_table(const std::vector<ToldDifferences>& days, const Look& look);
/// What has become of the differences of a former diff.
std::string rerun_table(const std::vector<DiffOutcome>& outcomes, const ToldDifferences& now,
                        const Look& look);

}  // namespace consolidador::ctl
