// SPDX-License-Identifier: MIT
#include "lib/sync/history.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::vector<RecordedVersion> recorded_versions(Target& target, HistorySource& history,
                                               const DateRange& range) {
  const auto changes = history.changes(range);
  const Days ledger = ledger_days(target, range);
  std::vector<RecordedVersion> versions;
  for (const DayChange& change : changes) {
    if (change.number == 1 && !change.cut())
      versions.push_back(first_version(change.date, change.before.value_or(DayTotals{}), ledger));
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

}  // namespace consolidador
