// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "lib/sync/day_case.hpp"

namespace consolidador {

/// What the log says where a target does not hold what its ledger says. `day_there`: the day and
/// the target.
void report_damage(const std::string& day_there, const DayState& state);

/// Nothing else tells one row from the other: each is named, one line of `rows` for each.
void report_forgery(const std::string& day_there, const std::vector<std::string>& rows);

/// The lines, up to a limit.
void report_rows(const std::string& day_there, const std::vector<std::string>& rows);

/// What the history keeps of a damaged day that the POS has changed, too, where one entry stands
/// for both; empty: it stands for one thing.
std::string note_of_damage(const DayCase& found, const ExtractedDay& content);

}  // namespace consolidador
