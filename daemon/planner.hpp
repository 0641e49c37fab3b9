// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/job_queue.hpp"
#include "lib/sync/day_sync.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What one target's ledger says; there may be ten thousand days. Sorted by date, each date once.
using KnownDays = std::vector<LedgerDay>;

/// nullptr: the day is not there.
const LedgerDay* find_day(const KnownDays& days, Date date);

/// Puts one day in, or replaces it.
void note_day(KnownDays& days, const LedgerDay& day);

/// What the ledger says of the day after this outcome, which recorded it; `before`: nullptr when it
/// said nothing.
LedgerDay ledger_after(const LedgerDay* before, const TargetOutcome& outcome, Date date,
                       LedgerDay::Instant now);

struct PlanInput {
  Date today;
  std::optional<DateRange> historical;  ///< as configured
  /// From when on an audit of the day is final: its end, and the closing pass after it.
  std::function<std::chrono::system_clock::time_point(Date)> final_from;
  std::chrono::system_clock::time_point now;
};

struct PlannedDay {
  DayTask task;
  bool late = false;  ///< should have been there already; a configured backfill is not late
};

/// What a target still lacks, from the ledgers alone: days that it never got since its history or
/// the other target's or the configured one begins, days not audited since they ended, and days of
/// which the two ledgers say different things. Today is left to the cycle.
std::vector<PlannedDay> plan(const KnownDays& own, const KnownDays& other, const PlanInput& input);

}  // namespace consolidador
