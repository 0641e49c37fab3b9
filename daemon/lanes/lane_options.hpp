// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <map>
#include <optional>

#include "daemon/lanes/day_allowance.hpp"
#include "lib/core/backoff.hpp"
#include "lib/core/date.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

struct LaneOptions {
  std::size_t workers = 2;  ///< days at the same time in this target
  std::chrono::milliseconds deadline{900'000};
  BackoffPolicy backoff;
  bool dry_run = false;
  Machine machine;  ///< whose mark the target must bear
  /// When a day last got through, as a former process has seen it.
  std::optional<std::chrono::system_clock::time_point> last_success{};
  std::chrono::seconds statement{50};  ///< on the server; more for large days, as the deadline
  /// Since when days fail, as a former process has seen it.
  std::map<Date, std::chrono::system_clock::time_point> failing{};

  TimeLimits limits() const { return {statement, deadline}; }
};

}  // namespace consolidador
