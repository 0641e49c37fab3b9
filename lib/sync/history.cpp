// SPDX-License-Identifier: MIT
#include "lib/sync/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "lib/sync/past_rows.hpp"

namespace consolidador {
namespace {

using Instant = std::chrono::system_clock::time_point;
using Days = std::map<Date, LedgerDay>;

Days ledger_days(Target& target, const DateRange& range) {
  Days days;
  for (const LedgerDay& day : target.ledger(range)) days.emplace(day.date, day);
  return days;
}

RecordedVersion first_version(Date date, const DayTotals& totals, const Days& ledger) {
  const auto day = ledger.find(date);
  return {date, 1, totals, day == ledger.end() ? Instant{} : day->second.first_sync, std::nullopt};
}

RecordedVersion version_before(const DayChange& change, const Days& ledger) {
  auto first = first_version(change.date, change.before.value_or(DayTotals{}), ledger);
  first.found_altered = change.mends_unproven();
  return first;
}

[[noreturn]] void refuse(Target& target, Date date, std::uint32_t version) {
  throw DataError(fmt::format(
      "{}: version {} in {} does not add up to what was recorded of it: the day is being "
      "written, or its rows or its history were changed by hand",
      to_string(date), version, target.name()));
}

std::optional<Amounts> side_of(const std::optional<SalesRow>& row) {
  return row ? std::optional(Amounts{row->unidades, row->venta, row->costo}) : std::nullopt;
}

/// What the rows of one side of a change amount to.
DayTotals side_totals(const std::vector<RowChange>& changes,
                      std::optional<SalesRow> RowChange::*side, std::int32_t branch_id, Date date) {
  std::vector<SalesRow> rows;
  for (const RowChange& change : changes)
    if (change.*side) rows.push_back(*(change.*side));
  return totals_of(rows, branch_id, date);
}

/// Whether two pairs differ by the same, the fingerprints modulo 2^64.
bool same_difference(const DayTotals& a, const DayTotals& b, const DayTotals& c,
                     const DayTotals& d) {
  return a.filas - b.filas == c.filas - d.filas && a.huella - b.huella == c.huella - d.huella &&
         amounts_of(a) - amounts_of(b) == amounts_of(c) - amounts_of(d);
}

RecordedVersion version_after(const DayChange& change) {
  return {change.date, change.number + 1, change.after, change.at, change};
}

/// Throws DataError when the target has not, or no longer, such a one of the day.
RecordedVersion recorded_version(const std::vector<RecordedVersion>& versions,
                                 const std::string& target, Date date, std::uint32_t number) {
  const auto& first = versions.front();
  if (number != 0 && number < first.number)
    throw DataError(fmt::format("{}: version {} in {} was trimmed (recortada): {}", to_string(date),
                                number, target, first.change->note.note));
  const auto found = std::ranges::find(versions, number, &RecordedVersion::number);
  if (found == versions.end())
    throw DataError(fmt::format("{}: {} has versions {} to {} of it", to_string(date), target,
                                first.number, versions.back().number));
  return *found;
}

}  // namespace

bool DayChange::mends_unproven() const {
  constexpr std::array words{"el libro decia: ", "el libro no lo tenia"};  // sp_anotar_historial
  return note.reason == ChangeReason::danado && before != after &&
         std::ranges::any_of(
             words, [&](const char* word) { return note.note.find(word) != std::string::npos; });
}

std::vector<RecordedVersion> recorded_versions(Target& target, HistorySource& history,
                                               const DateRange& range) {
  const auto changes = history.changes(range);
  const Days ledger = ledger_days(target, range);
  std::vector<RecordedVersion> versions;
  for (const DayChange& change : changes) {
    if (change.number == 1 && !change.cut()) versions.push_back(version_before(change, ledger));
    versions.push_back(version_after(change));
  }
  if (!versions.empty() || range.first != range.last) return versions;
  if (ledger.empty())
    throw DataError(fmt::format("{}: {} has not the day", to_string(range.first), target.name()));
  return {first_version(range.first, ledger.begin()->second.totals, ledger)};
}

DayVersion version_of(Target& target, HistorySource& history, std::int32_t branch_id, Date date,
                      std::uint32_t version) {
  const auto versions = recorded_versions(target, history, {date, date});
  const auto recorded = recorded_version(versions, target.name(), date, version);
  PastRows past(target, history, branch_id, date, versions);
  return {recorded, past.rows_of(recorded)};
}

VersionChange version_change(Target& target, HistorySource& history, std::int32_t branch_id,
                             Date date, std::uint32_t version) {
  const auto recorded = recorded_version(recorded_versions(target, history, {date, date}),
                                         target.name(), date, version);
  if (!recorded.change)
    throw DataError(fmt::format("{}: version 1 is the first in {}: no change has made it",
                                to_string(date), target.name()));
  const DayChange& change = *recorded.change;
  if (change.cut())
    throw DataError(fmt::format("{}: what made version {} in {} was trimmed (recortada): {}",
                                to_string(date), version, target.name(), change.note.note));
  auto changes = history.rows_from(date, change.number);
  std::erase_if(changes, [&](const RowChange& row) { return row.number != change.number; });
  if (!same_difference(side_totals(changes, &RowChange::after, branch_id, date),
                       side_totals(changes, &RowChange::before, branch_id, date), change.after,
                       change.before.value_or(DayTotals{})))
    refuse(target, date, version);
  VersionChange made{recorded, {}};
  for (const RowChange& row : changes)
    made.rows.push_back({row.key(), {side_of(row.before), side_of(row.after)}});
  sort_by_weight(made.rows);
  return made;
}

}  // namespace consolidador
