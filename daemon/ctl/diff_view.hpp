// SPDX-License-Identifier: MIT
#pragma once
#include <limits>
#include <string>
#include <vector>

#include "daemon/ctl/diff_note.hpp"
#include "daemon/ctl/told_rows.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

// A day in all places as people and programs see it. The first place that was compared, the POS
// where it could be, is the one that the others are measured by.

/// How many rows are shown, those first that move most money.
using DiffRows = std::size_t;
inline constexpr DiffRows all_rows = std::numeric_limits<DiffRows>::max();

/// A row in which a place is not the one that it is measured by; both outlive it.
struct DiffLine {
  const RowDifference* row;
  const ToldPlace* place;
  std::size_t index;  ///< of the place, in the row's amounts

  const std::optional<Amounts>& there() const { return row->amounts[index]; }
  const std::optional<Amounts>& expected() const { return row->amounts.front(); }
  Amounts difference() const { return row->difference(index); }
};

std::vector<DiffLine> diff_lines(const ToldDifferences& day, DiffRows shown);

bool is_compared(const ToldDifferences& day, const std::string& place);
/// A target whose ledger does not say what its rows are.
bool is_at_odds(const ToldPlace& place);

std::string diff_table(const ToldDifferences& day, DiffRows shown, const Look& look);
/// A line a day.
std::string diff_days_table(const std::vector<ToldDifferences>& days, const Look& look);
std::string rerun_table(const std::vector<DiffOutcome>& outcomes, const ToldDifferences& now,
                        const Look& look);
/// A line a day.
std::string diff_json(const std::vector<ToldDifferences>& days, DiffRows shown);
/// A record for each row and place that differ (RFC 4180), which a spreadsheet takes for no
/// formula.
std::string diff_csv(const std::vector<ToldDifferences>& days, DiffRows shown);
/// A page that needs nothing else.
std::string diff_page(const std::vector<ToldDifferences>& days, DiffRows shown);

}  // namespace consolidador::ctl
