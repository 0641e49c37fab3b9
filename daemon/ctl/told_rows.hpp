// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/bus/value.hpp"
#include "lib/core/table.hpp"
#include "lib/sync/day_diff.hpp"
#include "lib/sync/product_names.hpp"

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
  std::uint64_t rejected_rows = 0;  ///< of the POS: its figures leave them out
  std::string rejected;             ///< the first of them
};

struct ToldDifferences {
  std::string date;
  std::vector<ToldPlace> places;
  std::vector<RowDifference> rows;  ///< their amounts are of the places that were compared
  std::uint64_t different_rows = 0;
  std::uint64_t reclassified = 0;
  NamesByCode names;  ///< of the first products, where the POS can tell

  /// In the order of the rows' amounts; the others are measured by the first.
  std::vector<const ToldPlace*> compared() const;
};

ToldDifferences read_differences(const bus::Dict& told);

/// What has made a version of a day: the amounts of its rows are before and after.
struct ToldChange {
  std::vector<RowDifference> rows;
  std::uint64_t changed_rows = 0;
  NamesByCode names;
};

ToldChange read_change(const bus::Dict& told);

/// The rows of a version of a day.
std::vector<SalesRow> read_rows(const bus::Dict& told);

/// Code, supplier, department, category and subcategory, as people see them; behind the code what
/// the product is called, where any name is known.
std::vector<Table::Column> key_titles(const NamesByCode& names = {});
std::vector<Cell> key_cells(const SalesKey& key, const NamesByCode& names = {});
/// Empty where it is not known.
std::string name_of(const NamesByCode& names, const std::string& code);

/// The same, and amounts, for machines, under the names of the bus.
bus::Dict key_dict(const SalesKey& key);
void put_amounts(bus::Dict& dict, const Amounts& amounts);

}  // namespace consolidador::ctl
