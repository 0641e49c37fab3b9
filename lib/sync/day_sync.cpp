// SPDX-License-Identifier: MIT
#include "lib/sync/day_sync.hpp"

#include <fmt/format.h>

#include "lib/core/error.hpp"
#include "lib/core/log.hpp"
#include "lib/sync/loader.hpp"
#include "lib/sync/reprocessor.hpp"

namespace consolidador {
namespace {

/// The rows behind `held`: those already known when they add up to the same, else the target's.
const std::vector<SalesRow>& held_rows(Target& target, Date date, const DayTotals& held,
                                       std::optional<KnownRows>& known) {
  const bool same = known && known->totals == held;
  if (held.filas == 0)
    known = KnownRows{};
  else if (!same)
    known = KnownRows{held, target.rows(date)};
  return known->rows;
}

DayAction action_for(Finding finding) {
  switch (finding) {
    case Finding::up_to_date:
      return DayAction::unchanged;
    case Finding::missing:
      return DayAction::created;
    case Finding::outdated:
      return DayAction::changed;
    case Finding::damaged:
      break;
  }
  return DayAction::repaired;
}

void report_damage(const Target& target, Date date, const DayState& state) {
  const auto what = state.ledger ? differences(*state.ledger, state.actual)
                                 : "rows without an entry in SincronizacionDias";
  log::warning("{} {}: the rows are not those of the ledger ({}); repairing", to_string(date),
               target.name(), what);
}

void refuse_emptying(const Target& target, const ExtractedDay& wanted, const DayTotals& held) {
  if (!wanted.rows.empty() || held.filas == 0) return;
  throw PurgedDay(
      fmt::format("{}: the POS has no sales of {} any more, the target has {} rows; nothing was "
                  "changed. If the "
                  "day is really empty: consolidadord once --from {} --to {}",
                  target.name(), to_string(wanted.date), held.filas, to_string(wanted.date),
                  to_string(wanted.date)));
}

void replace(Target& target, const ExtractedDay& wanted) {
  if (reprocess(target, wanted)) return;
  throw Error(ErrorClass::permanent, ErrorCause::audit,
              fmt::format("{}: {} does not hold what was written, after a full replacement too; "
                          "look for triggers or another writer on VentasAgrupadas",
                          target.name(), to_string(wanted.date)));
}

void replace_after_failed_audit(Target& target, const ExtractedDay& wanted) {
  log::warning("{} {}: the audit after writing failed; emptying and writing the day again",
               to_string(wanted.date), target.name());
  replace(target, wanted);
}

}  // namespace

bool push_delta(Target& target, const ExtractedDay& wanted, const ExtractedDay& held,
                TargetOutcome& outcome) {
  const Delta delta = compare(held.rows, wanted.rows);
  outcome.action = DayAction::changed;
  outcome.written = delta.write.size();
  outcome.removed = delta.remove.size();
  outcome.before = {held.totals, held.totals};
  return load(target, wanted, delta);
}

TargetOutcome sync_day(Target& target, const ExtractedDay& wanted, SyncMode mode,
                       std::optional<KnownRows>& known, Emptying emptying) {
  TargetOutcome outcome;
  outcome.before = target.state(wanted.date);
  const Finding finding = assess(outcome.before, wanted.totals);
  outcome.action = action_for(finding);
  if (finding == Finding::up_to_date) {
    if (mode != SyncMode::verify || load(target, wanted, {})) return outcome;
    replace_after_failed_audit(target, wanted);  // it was changed between the two audits
    outcome.action = DayAction::repaired;
    return outcome;
  }
  if (emptying == Emptying::refused) refuse_emptying(target, wanted, outcome.before.actual);
  if (finding == Finding::damaged) {
    report_damage(target, wanted.date, outcome.before);
    ++outcome.attempts;
  }
  const Delta delta =
      compare(held_rows(target, wanted.date, outcome.before.actual, known), wanted.rows);
  outcome.written = delta.write.size();
  outcome.removed = delta.remove.size();
  if (mode == SyncMode::plan || load(target, wanted, delta)) return outcome;
  replace_after_failed_audit(target, wanted);
  outcome.action = DayAction::repaired;
  outcome.written = wanted.rows.size();
  ++outcome.attempts;
  return outcome;
}

TargetOutcome rewrite_day(Target& target, const ExtractedDay& wanted) {
  TargetOutcome outcome;
  outcome.before = target.state(wanted.date);
  replace(target, wanted);
  outcome.action = DayAction::rewritten;
  outcome.written = wanted.rows.size();
  outcome.removed = outcome.before.actual.filas;
  return outcome;
}

}  // namespace consolidador
