// SPDX-License-Identifier: MIT
#include "daemon/lanes/known_days.hpp"

#include <algorithm>

namespace consolidador {

const LedgerDay* find_day(const KnownDays& all, Date date) {
  const auto found = std::ranges::lower_bound(all, date, {}, &LedgerDay::date);
  return found != all.end() && found->date == date ? &*found : nullptr;
}

void note_day(KnownDays& all, const LedgerDay& day) {
  const auto place = std::ranges::lower_bound(all, day.date, {}, &LedgerDay::date);
  if (place != all.end() && place->date == day.date)
    *place = day;
  else
    all.insert(place, day);
}

LedgerDay ledger_after(const LedgerDay* before, const TargetOutcome& outcome, Date date,
                       LedgerDay::Instant now) {
  LedgerDay after{date, outcome.holds, now, outcome.revision, now, now};
  if (!before) return after;
  after.first_sync = before->first_sync;
  if (outcome.revision == before->revision) after.last_sync = before->last_sync;
  return after;
}

}  // namespace consolidador
