// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/bus/value.hpp"
#include "daemon/service/control.hpp"

namespace consolidador::bus {

// Answers of GetHistory, GetVersion, GetVersionChanges and GetDifferences, as snapshot.hpp has the
// others. Rows go as columns of equal length: thousands of them must not hold the loop.

Dict history_dict(const DayHistory& history);
Dict past_day_dict(const PastDay& day, std::size_t most_rows);
Dict past_change_dict(const PastChange& change, std::size_t most_rows);
Dict differences_dict(const DayDifferences& differences, std::size_t most_rows);

}  // namespace consolidador::bus
