// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <memory>

#include "daemon/lanes/day.hpp"

namespace consolidador {

/// What a worker does with one day in one target, from the first statement to the last: a value
/// with all that it takes, so that it shares nothing with the loop.
struct DayUnit {
  std::shared_ptr<Target> target;
  std::shared_ptr<const ExtractedDay> day;
  TaskKind kind = TaskKind::sync;
  bool dry_run = false;
  DayRules rules;
  std::chrono::seconds statement{};  ///< how long the server may work on one; zero: as it is set
  std::shared_ptr<const ExtractedDay> held{};  ///< what the open day is known to hold; nullptr: ask

  /// Throws what sync_day() and restore_day() throw.
  TargetOutcome operator()() const;

  SyncMode mode() const noexcept;
};

}  // namespace consolidador
