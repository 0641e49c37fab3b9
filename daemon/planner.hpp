// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/job_queue.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What one target's ledger says of a day, kept small: there may be ten thousand.
struct KnownDay {
  Date date;
  std::uint64_t huella = 0;
  std::uint32_t filas = 0;
  std::chrono::sys_seconds verified{};
};

/// Sorted by date, each date once.
using KnownDays = std::vector<KnownDay>;

KnownDays known_days(const std::vector<LedgerDay>& ledger);

/// nullptr: the day is not there.
const KnownDay* find_day(const KnownDays& days, Date date);

/// Puts one day in, or replaces it.
void note_day(KnownDays& days, const KnownDay& day);

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
