// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/lanes/day.hpp"

namespace consolidador {

// What the log says of days.

/// A day whose outcome in all targets is news; in a dry run, what it would be.
void log_day(const DayResult& result, bool dry_run);

/// A day that was closed has changed in the POS, or was damaged in the target. Not when it was
/// brought there for the first time, nor when it was written again as it was. `window_start`: the
/// days before it are closed.
bool is_late_change(const DayReport& report, Date window_start);

/// A late change in rows, money and products; of a repair, what had been altered in the target.
std::string late_change_text(const DayReport& report);

/// Somebody should know of a late change.
void log_late_change(const DayReport& report);

/// The POS has lost its oldest days: nobody has to act, but somebody should know.
void log_purge(Date first_sale, std::size_t archived);

}  // namespace consolidador
