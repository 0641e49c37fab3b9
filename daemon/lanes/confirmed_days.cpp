// SPDX-License-Identifier: MIT
#include "daemon/lanes/confirmed_days.hpp"

namespace consolidador {

std::optional<TargetOutcome> ConfirmedDays::unchanged(const DayTask& task, const ExtractedDay& day,
                                                      bool ended) const {
  const Day* known = find(task.date);
  if (known && ended && !known->ended) return std::nullopt;
  if (!known || task.kind != TaskKind::sync || known->extracted != day.totals) return std::nullopt;
  if (known->rejected != day.rejected) return std::nullopt;
  TargetOutcome outcome;
  outcome.holds = known->content->totals;
  outcome.most_rows = known->most_rows;
  outcome.ended = known->ended;
  return outcome;
}

const ConfirmedDays::Day* ConfirmedDays::find(Date date) const {
  const auto found = days_.find(date);
  return found == days_.end() ? nullptr : &found->second;
}

void ConfirmedDays::forget_unless(Date date, const LedgerDay* ledger) {
  const Day* known = find(date);
  if (known && known->content->totals != (ledger ? ledger->totals : DayTotals{})) forget(date);
}

/// Only what the POS has, too: a held day is looked at in every cycle.
void ConfirmedDays::keep_outcome(const DayReport& report,
                                 const std::shared_ptr<const ExtractedDay>& extracted) {
  const TargetOutcome& outcome = *report.outcome;
  const auto content = outcome.content ? outcome.content : extracted;
  const bool same = outcome.holds == content->totals && outcome.action != DayAction::held;
  if (report.task.priority <= Priority::window && same)
    days_[report.task.date] = {extracted->totals, extracted->rejected, content, outcome.most_rows,
                               outcome.ended};
  else
    forget(report.task.date);
}

}  // namespace consolidador
