// SPDX-License-Identifier: MIT
#include "lib/sync/open_day.hpp"

#include <algorithm>
#include <vector>

#include "lib/sync/auditor.hpp"
#include "lib/sync/loader.hpp"

namespace consolidador {

std::optional<TargetOutcome> push_delta(Target& target, const ExtractedDay& wanted,
                                        const ExtractedDay& held, const DayRules& rules) {
  const auto& other = rules.other;
  if (other && other->ledger && other->ledger->filas > wanted.totals.filas) return std::nullopt;
  if (wanted.rejected != held.rejected) return std::nullopt;  // what is kept apart changes, too
  TargetOutcome outcome;
  outcome.before = {held.totals, held.totals, rules.revision.value_or(1)};
  std::vector<ProvenDay> proven{
      {target.name(), held.totals, rows_going(held.rows, wanted.rows, rules.master)}};
  if (rules.most_rows != 0)
    proven.push_back(proven_before(target.name(), {rules.most_rows, {}, {}, {}, 0}));
  const auto verdict = judge(wanted_day(wanted, rules), proven, rules.limits);
  if (!verdict.permit) return std::nullopt;
  const Delta delta = compare(held.rows, wanted.rows);
  outcome.action = DayAction::changed;
  outcome.written = delta.write.size();
  outcome.removed = delta.remove.size();
  outcome.change = change_of(delta);
  outcome.ended = rules.ended;
  outcome.holds = wanted.totals;
  outcome.most_rows = std::max(rules.most_rows, wanted.totals.filas);
  outcome.revision = revision_after(outcome.before, wanted.totals, Emptied::no);
  outcome.recorded = true;
  if (!load(target, wanted, delta, *verdict.permit, outcome.before,
            {ChangeReason::pos, rules.actor, rules.note, false}))
    return std::nullopt;
  return outcome;
}

}  // namespace consolidador
