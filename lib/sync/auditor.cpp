// SPDX-License-Identifier: MIT
#include "lib/sync/auditor.hpp"

namespace consolidador {

Finding assess(const DayState& state, const DayTotals& wanted) {
  if (!state.ledger) return state.actual == DayTotals{} ? Finding::missing : Finding::damaged;
  if (*state.ledger != state.actual) return Finding::damaged;
  return state.actual == wanted ? Finding::up_to_date : Finding::outdated;
}

bool commit_if_equal(TargetTransaction& transaction, const ExtractedDay& wanted) {
  const DayState state = transaction.record(wanted.date, wanted.totals);
  if (assess(state, wanted.totals) != Finding::up_to_date) return false;
  transaction.commit();
  return true;
}

}  // namespace consolidador
