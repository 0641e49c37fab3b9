// SPDX-License-Identifier: MIT
#pragma once
#include <limits>
#include <string>
#include <vector>

#include "daemon/ctl/told_rows.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

// A day in all places, line by line, as people and programs get it. The first place that was
// compared, the POS where it could be, is the one that the others are measured by.

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

/// Key and name, place, what is there, what is expected (a dash where there is no row), the
/// difference.
std::vector<Cell> cells_of(const DiffLine& line, const NamesByCode& names);
/// Units, sales and cost, a dash each where there is none.
std::vector<Cell> cells_of(const std::optional<Amounts>& amounts);
std::vector<Cell> signed_cells(const Amounts& difference, Colour colour = Colour::none);

void append(std::vector<Cell>& cells, std::vector<Cell> more);

/// How many rows differ, and how many of them are shown.
std::string headline(const ToldDifferences& day, DiffRows shown);
/// What can be said of a place but its figures.
Cell state_of(const ToldPlace& place);

bool is_compared(const ToldDifferences& day, const std::string& place);
/// A target whose ledger does not say what its rows are.
bool is_at_odds(const ToldPlace& place);
/// A place that could not be asked.
bool is_missed(const ToldPlace& place);
/// All places were asked, and none has anything of the day, nor ever had.
bool is_nowhere(const ToldDifferences& day);

}  // namespace consolidador::ctl
