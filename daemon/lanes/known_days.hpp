// SPDX-License-Identifier: MIT
#pragma once
#include <set>
#include <vector>

#include "lib/sync/target.hpp"
#include "lib/sync/target_outcome.hpp"

namespace consolidador {

/// What one target's ledger says; there may be ten thousand days. Sorted by date, each date once.
using KnownDays = std::vector<LedgerDay>;

/// nullptr: the day is not there.
const LedgerDay* find_day(const KnownDays& days, Date date);

/// Of the first and the last day of which a target has rows, those that its ledger lacks.
std::vector<Date> unrecorded_days(const KnownDays& days, const DateRange& extent);

/// Puts one day in, or replaces it.
void note_day(KnownDays& days, const LedgerDay& day);

/// What was read, but of the `own` days what is known of them: it is newer.
KnownDays with_own_days(KnownDays read, const KnownDays& known, const std::set<Date>& own);

/// The days of which the two say something else.
std::vector<Date> changed_days(const KnownDays& before, const KnownDays& after);

/// What the ledger says of the day after this outcome, which recorded it; `before`: nullptr when it
/// said nothing.
LedgerDay ledger_after(const LedgerDay* before, const TargetOutcome& outcome, Date date,
                       LedgerDay::Instant now);

}  // namespace consolidador
