// SPDX-License-Identifier: MIT
#include "daemon/service/planner.hpp"

#include <algorithm>

namespace consolidador {
namespace {

using std::chrono::days;
using Instant = std::chrono::system_clock::time_point;

Date first_day(const KnownDays& own, const KnownDays& other, const PlanInput& input) {
  Date first = input.today;
  if (!own.empty()) first = std::min(first, own.front().date);
  if (!other.empty()) first = std::min(first, other.front().date);
  if (input.historical) first = std::min(first, input.historical->first);
  return first;
}

/// Nothing: the target has the day for good, or no place has it.
std::optional<TaskKind> needed(const LedgerDay* own, const LedgerDay* other, const PlanInput& input,
                               Date date) {
  if (!own && !other && input.first_sale && date < *input.first_sale) return std::nullopt;
  if (!own) return TaskKind::sync;
  const bool differ = other && other->totals.huella != own->totals.huella;
  const auto final_from = input.final_from(date);
  const bool unaudited = final_from <= input.now && !is_closed(*own, final_from, input.now);
  if (differ || unaudited) return TaskKind::audit;
  return std::nullopt;
}

}  // namespace

bool is_closed(const LedgerDay& day, Instant final_from, Instant now) {
  return day.verified >= final_from && day.verified <= now + days(1);
}

std::vector<PlannedDay> plan(const KnownDays& own, const KnownDays& other, const PlanInput& input) {
  std::vector<PlannedDay> planned;
  for (Date date = first_day(own, other, input); date < input.today; date += days(1)) {
    const LedgerDay* held = find_day(own, date);
    const auto kind = needed(held, find_day(other, date), input, date);
    if (!kind) continue;
    const bool backfill = !held && input.historical && input.historical->contains(date);
    planned.push_back({{date, backfill ? Priority::historical : Priority::late, *kind}, !backfill});
  }
  return planned;
}

}  // namespace consolidador
