// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/lanes/day_queue.hpp"
#include "daemon/lanes/known_days.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

struct PlanInput {
  Date today;
  std::optional<DateRange> historical;  ///< as configured
  std::optional<Date> first_sale;       ///< the POS's, where it is known
  /// From when on an audit of the day is final: its end, and the closing pass after it.
  std::function<std::chrono::system_clock::time_point(Date)> final_from;
  std::chrono::system_clock::time_point now;
};

struct PlannedDay {
  DayTask task;
  bool late = false;  ///< should have been there already; a configured backfill is not late
};

/// Audited for good: at `final_from` or later, and not by a clock that is days ahead of `now`.
bool is_closed(const LedgerDay& day, std::chrono::system_clock::time_point final_from,
               std::chrono::system_clock::time_point now);

/// What a target still lacks, from the ledgers alone: days that it never got since its history or
/// the other target's or the configured one begins, days not audited since they ended, and days of
/// which the two ledgers say different things. Nothing of days before the POS's first sale that
/// neither has. Today is left to the cycle.
std::vector<PlannedDay> plan(const KnownDays& own, const KnownDays& other, const PlanInput& input);

}  // namespace consolidador
