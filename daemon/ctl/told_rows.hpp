// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/bus/value.hpp"
#include "lib/core/table.hpp"
#include "lib/sync/day_diff.hpp"

namespace consolidador::ctl {

// Rows as the daemon has told them, in columns. What is missing or not a figure is thrown as
// DataError or std::out_of_range: the daemon is of another version.

/// What a place has of a day, as told.
struct ToldPlace {
  std::string name;
  bool compared = false;
  bool archived = false;
  std::string error;
  DayTotals totals;
  bool recorded = false;
  bool intact = false;
};

struct ToldDifferences {
  std::string date;
  std::vector<ToldPlace> places;
  std::vector<RowDifference> rows;  ///< their amounts are of the places that were compared
  std::uint64_t different_rows = 0;
  std::uint64_t reclassified = 0;

  /// In the order of the rows' amounts; the others are measured by the first.
  std::vector<const ToldPlace*> compared() const;
};

ToldDifferences read_differences(const bus::Dict& told);

/// The rows of a version of a day.
std::vector<SalesRow> read_rows(const bus::Dict& told);

/// Code, supplier, department, category and subcategory, as people see them.
std::vector<Table::Column> key_titles();
std::vector<Cell> key_cells(const SalesKey& key);

/// The same, and amounts, for machines, under the names of the bus.
bus::Dict key_dict(const SalesKey& key);
void put_amounts(bus::Dict& dict, const Amounts& amounts);

/// With its sign, as a difference: `+1.0000`.
std::string signed_text(Decimal amount);

}  // namespace consolidador::ctl
