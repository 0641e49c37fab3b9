// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <vector>

#include "lib/sync/auditor.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What has to be done to a target's rows; the pointers lead into the two sides compared.
struct Delta {
  std::vector<const SalesRow*> write;   ///< new or with other amounts
  std::vector<const SalesRow*> remove;  ///< no longer there
  /// For each of `write` the row whose place it takes; nullptr: it is new.
  std::vector<const SalesRow*> replaced;

  bool empty() const noexcept { return write.empty() && remove.empty(); }
};

/// From `held` to `wanted`; both sorted by key, each key once.
Delta compare(std::span<const SalesRow> held, std::span<const SalesRow> wanted);

/// One transaction: writes the delta, records the day, audits, commits. Returns false, with
/// everything rolled back, when the target then does not hold exactly `wanted`. Throws Overtaken
/// when the target was no longer what it was `before`.
bool load(Target& target, const ExtractedDay& wanted, const Delta& delta, const Permit& permit,
          const DayState& before, const ChangeNote& note);

/// What a damaged day is written with first, in a transaction that goes on: back to what was
/// proven.
struct Repair {
  ExtractedDay proven;
  Delta delta;  ///< from what the target holds; leads into `proven`
  Permit permit;
  ChangeNote note;

  /// What the target holds after it.
  DayState state_after(const DayState& before) const;
};

/// One transaction of two steps, so that each has its own entry in the history: the repair, then
/// the day as it is wanted, whole after emptying it or by the difference from what was proven.
/// False and Overtaken as load().
bool repair_and_load(Target& target, const Repair& repair, const ExtractedDay& wanted,
                     const Permit& permit, const DayState& before, const ChangeNote& note,
                     Emptied emptied);

}  // namespace consolidador
