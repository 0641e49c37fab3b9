// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <vector>

#include "lib/core/date.hpp"

namespace consolidador {

/// The days that a run has to look at, oldest first, each once: today and `reprocess_days` before
/// it; and the days of `historical` when there are any. Days after today are left out.
std::vector<Date> days_to_sync(Date today, int reprocess_days,
                               const std::optional<DateRange>& historical);

/// Every day of a range, oldest first.
std::vector<Date> days_of(const DateRange& range);

}  // namespace consolidador
