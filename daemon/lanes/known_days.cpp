// SPDX-License-Identifier: MIT
#include "daemon/lanes/known_days.hpp"

#include <algorithm>
#include <set>

namespace consolidador {

const LedgerDay* find_day(const KnownDays& all, Date date) {
  const auto found = std::ranges::lower_bound(all, date, {}, &LedgerDay::date);
  return found != all.end() && found->date == date ? &*found : nullptr;
}

std::vector<Date> unrecorded_days(const KnownDays& days, const DateRange& extent) {
  std::vector<Date> lacking;
  for (const Date date : std::set{extent.first, extent.last})
    if (!find_day(days, date)) lacking.push_back(date);
  return lacking;
}

void note_day(KnownDays& all, const LedgerDay& day) {
  const auto place = std::ranges::lower_bound(all, day.date, {}, &LedgerDay::date);
  if (place != all.end() && place->date == day.date)
    *place = day;
  else
    all.insert(place, day);
}

KnownDays with_own_days(KnownDays read, const KnownDays& known, const std::set<Date>& own) {
  std::erase_if(read, [&](const LedgerDay& day) { return own.contains(day.date); });
  for (const Date date : own)
    if (const LedgerDay* day = find_day(known, date)) note_day(read, *day);
  return read;
}

std::vector<Date> changed_days(const KnownDays& before, const KnownDays& after) {
  std::set<Date> changed;
  const auto collect = [&changed](const KnownDays& days, const KnownDays& others) {
    for (const LedgerDay& day : days) {
      const LedgerDay* other = find_day(others, day.date);
      if (!other || other->totals != day.totals || other->revision != day.revision)
        changed.insert(day.date);
    }
  };
  collect(before, after);
  collect(after, before);
  return {changed.begin(), changed.end()};
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
