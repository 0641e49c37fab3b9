// SPDX-License-Identifier: MIT
#include "lib/sync/past_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace consolidador {
namespace {

constexpr std::size_t now = 1;

/// What is noted comes with the newest first: the oldest tells what the row was.
std::vector<SalesRow> before_notes(const std::vector<SalesRow>& rows,
                                   const std::vector<RowChange>& notes) {
  std::map<SalesKey, SalesRow> by_key;
  for (const SalesRow& row : rows) by_key.emplace(row.key, row);
  for (const RowChange& note : notes) {
    by_key.erase(note.key());
    if (note.before) by_key.emplace(note.key(), *note.before);
  }
  std::vector<SalesRow> before;
  for (auto& [key, row] : by_key) before.push_back(std::move(row));
  return before;
}

}  // namespace

PastRows::PastRows(Target& target, HistorySource& history, std::int32_t branch_id, Date date,
                   const std::vector<RecordedVersion>& versions)
    : target_(target), history_(history), branch_id_(branch_id), date_(date), versions_(versions) {
  for (const RecordedVersion& version : versions_)
    if (version.change) changes_.push_back(*version.change);
  know({});
  know(target.rows(date));
}

void PastRows::know(std::vector<SalesRow> rows) {
  totals_.push_back(totals_of(rows, branch_id_, date_));
  rows_.push_back(std::move(rows));
}

std::vector<SalesRow> PastRows::rows_of(const RecordedVersion& version) {
  const bool noted = is_told_by_ledger() && know_before_notes();
  if (noted && totals_.back() != version.totals) refuse_made_to_fit(version);
  auto way = way_to(version.totals, totals_, changes_);
  if (!way && !noted && know_before_notes()) way = way_to(version.totals, totals_, changes_);
  if (!way) refuse(version);
  auto rows = go(*way, std::move(rows_[way->from]), rows_on(*way));
  if (!rows || totals_of(*rows, branch_id_, date_) != version.totals)
    throw DataError(fmt::format(
        "{}: version {} in {} does not add up to what was recorded of it: the day is being "
        "written, or its history was changed by hand",
        to_string(date_), version.number, target_.name()));
  return std::move(*rows);
}

/// False where nothing is noted.
bool PastRows::know_before_notes() {
  const auto notes = history_.noted(date_);
  if (!notes.empty()) know(before_notes(rows_[now], notes));
  return !notes.empty();
}

bool PastRows::is_recorded(const DayTotals& totals) const {
  return std::ranges::find(versions_, totals, &RecordedVersion::totals) != versions_.end() ||
         std::ranges::find(changes_, totals, &DayChange::before) != changes_.end();
}

std::vector<RowChange> PastRows::rows_on(const HistoryWay& way) {
  if (way.steps.empty()) return {};
  std::uint32_t first = changes_.back().number;
  for (const WayStep& step : way.steps) first = std::min(first, step.change->number);
  return history_.rows_from(date_, first);
}

void PastRows::refuse_made_to_fit(const RecordedVersion& version) const {
  throw DataError(fmt::format(
      "{0}: version {1} in {2} cannot be shown now: hands have changed its rows since the last "
      "look, and its entry in SincronizacionDias with them. `consolidadorctl audit {0} {0}` takes "
      "that into the history and, where the POS still has the day, repairs it; then the versions "
      "can "
      "be read",
      to_string(date_), version.number, target_.name()));
}

void PastRows::refuse(const RecordedVersion& version) const {
  const auto what = fmt::format("{}: version {} in {} cannot be shown", to_string(date_),
                                version.number, target_.name());
  if (is_recorded(totals_[now]))
    throw DataError(what +
                    ": after it rows were changed that nobody has noted, as by a restore of the "
                    "table");
  throw DataError(fmt::format(
      "{0} now: the rows there are none that its history knows ({1} rows, units {2}, sales {3}), "
      "so they are damaged, or being written. `consolidadorctl diff {4}` names them, "
      "`consolidadorctl audit {4} {4}` repairs them; then the versions can be read again",
      what, totals_[now].filas, totals_[now].unidades.to_string(), totals_[now].venta.to_string(),
      to_string(date_)));
}

}  // namespace consolidador
