// SPDX-License-Identifier: MIT
#include "lib/sync/history_way.hpp"

#include <algorithm>
#include <map>

namespace consolidador {
namespace {

using RowsByKey = std::map<SalesKey, SalesRow>;

/// Content that is on a way, and the step that leads to it.
struct Reached {
  DayTotals totals;
  std::optional<std::size_t> before;  ///< nothing: it is where the way begins
  WayStep step;
};

bool has(std::span<const Reached> reached, const DayTotals& totals) {
  return std::ranges::find(reached, totals, &Reached::totals) != reached.end();
}

void reach_on(std::vector<Reached>& reached, std::size_t at, const DayChange& change) {
  if (change.cut() || !change.before) return;
  for (const bool back : {true, false}) {
    const DayTotals& from = back ? change.after : *change.before;
    const DayTotals& to = back ? *change.before : change.after;
    if (from == reached[at].totals && !has(reached, to))
      reached.push_back({to, at, {&change, back}});
  }
}

HistoryWay way_back(std::span<const Reached> reached, std::size_t at) {
  HistoryWay way;
  while (reached[at].before) {
    way.steps.push_back(reached[at].step);
    at = *reached[at].before;
  }
  std::ranges::reverse(way.steps);
  way.from = at;
  return way;
}

/// Whether the row was as the change has left it, or has found it.
bool go_row(RowsByKey& rows, const RowChange& change, bool back) {
  const auto& from = back ? change.after : change.before;
  const auto& to = back ? change.before : change.after;
  const auto found = rows.find(change.key());
  const bool fits = from ? found != rows.end() && found->second == *from : found == rows.end();
  if (!fits) return false;
  if (to)
    rows.insert_or_assign(to->key, *to);
  else
    rows.erase(found);
  return true;
}

}  // namespace

std::optional<HistoryWay> way_to(const DayTotals& wanted, std::span<const DayTotals> known,
                                 std::span<const DayChange> changes) {
  std::vector<Reached> reached;
  for (const DayTotals& totals : known) reached.push_back({totals, std::nullopt, {}});
  for (std::size_t at = 0; at < reached.size(); ++at) {
    if (reached[at].totals == wanted) return way_back(reached, at);
    for (const DayChange& change : changes) reach_on(reached, at, change);
  }
  return std::nullopt;
}

std::optional<std::vector<SalesRow>> go(const HistoryWay& way, std::vector<SalesRow> from,
                                        const std::vector<RowChange>& rows) {
  RowsByKey by_key;
  for (SalesRow& row : from) {
    const SalesKey key = row.key;
    by_key.emplace(key, std::move(row));
  }
  for (const auto& [change, back] : way.steps)
    for (const RowChange& row : rows)
      if (row.number == change->number && !go_row(by_key, row, back)) return std::nullopt;
  from.clear();
  for (auto& [key, row] : by_key) from.push_back(std::move(row));
  return from;
}

}  // namespace consolidador
