// SPDX-License-Identifier: MIT
#include "lib/sync/history.hpp"

#include <fmt/format.h>

#include <map>
#include <ranges>

namespace consolidador {
namespace {

using RowsByKey = std::map<SalesKey, SalesRow>;

/// Whether the row was there, as the change has left it.
bool undo_row(RowsByKey& rows, const RowChange& change) {
  const auto found = rows.find(change.key());
  const bool fits =
      change.after ? found != rows.end() && found->second == *change.after : found == rows.end();
  if (!fits) return false;
  if (change.before)
    rows.insert_or_assign(change.before->key, *change.before);
  else
    rows.erase(found);
  return true;
}

/// What was recorded of a version.
DayTotals recorded(Target& target, const std::vector<DayChange>& changes, Date date,
                   std::uint32_t version) {
  if (version == 0 || version > changes.size() + 1)
    throw DataError(fmt::format("{}: {} has versions 1 to {} of it", to_string(date), target.name(),
                                changes.size() + 1));
  if (version > 1) return changes[version - 2].after;
  if (!changes.empty() && changes.front().before) return *changes.front().before;
  if (!changes.empty()) return changes.front().after;
  const auto ledger = target.state(date).ledger;
  if (!ledger)
    throw DataError(fmt::format("{}: {} has not the day", to_string(date), target.name()));
  return *ledger;
}

}  // namespace

std::optional<std::vector<SalesRow>> undo(std::vector<SalesRow> rows,
                                          const std::vector<RowChange>& changes) {
  RowsByKey by_key;
  for (SalesRow& row : rows) {
    const SalesKey key = row.key;
    by_key.emplace(key, std::move(row));
  }
  for (const RowChange& change : std::views::reverse(changes))
    if (!undo_row(by_key, change)) return std::nullopt;
  rows.clear();
  for (auto& [key, row] : by_key) rows.push_back(std::move(row));
  return rows;
}

DayVersion version_of(Target& target, HistorySource& history, std::int32_t branch_id, Date date,
                      std::uint32_t version) {
  const auto changes = history.changes({date, date});
  const DayTotals totals = recorded(target, changes, date, version);
  auto rows = undo(target.rows(date), history.rows_from(date, version));
  if (!rows || totals_of(*rows, branch_id, date) != totals)
    throw DataError(fmt::format(
        "{}: version {} in {} does not add up to what was recorded of it: the day is being "
        "written, or its rows or its history were changed by hand",
        to_string(date), version, target.name()));
  return {totals, std::move(*rows)};
}

}  // namespace consolidador
