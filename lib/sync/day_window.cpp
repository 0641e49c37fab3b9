// SPDX-License-Identifier: MIT
#include "lib/sync/day_window.hpp"

#include <algorithm>

namespace consolidador {

std::vector<Date> days_of(const DateRange& range) {
  std::vector<Date> days;
  for (Date day = range.first; day <= range.last; day += std::chrono::days(1)) days.push_back(day);
  return days;
}

std::vector<Date> days_to_sync(Date today, int reprocess_days,
                               const std::optional<DateRange>& historical) {
  std::vector<Date> days;
  if (historical) days = days_of({historical->first, std::min(historical->last, today)});
  for (const Date day : days_of({today - std::chrono::days(reprocess_days), today}))
    if (!historical || !historical->contains(day)) days.push_back(day);
  std::ranges::sort(days);
  return days;
}

}  // namespace consolidador
