// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "lib/sync/day_case.hpp"
#include "lib/sync/day_rules.hpp"
#include "lib/sync/target_outcome.hpp"

namespace consolidador {

/// What those who work on one day of one target share; each of them is made of another's. What it
/// refers to must outlive them.
class DayWork {
 public:
  /// `found` and `outcome` are those of this day, and begin empty.
  DayWork(Target& target, const ExtractedDay& extracted, SyncMode mode, const DayRules& rules,
          DayCase& found, TargetOutcome& outcome)
      : target_(target),
        extracted_(extracted),
        mode_(mode),
        rules_(rules),
        case_(found),
        outcome_(outcome) {}

 protected:
  const DayState& before() const { return outcome_.before; }

  /// The day and the target, for the log.
  std::string day_there() const;

  /// This look closes the day. Where somebody has altered the day or asked for it, all that becomes
  /// of it is told.
  bool closes() const;

  /// The day with the other target's rows; nothing: see DayCase::other_rows().
  std::optional<ExtractedDay> copy_of_other() const;

  Target& target_;
  const ExtractedDay& extracted_;
  const SyncMode mode_;
  const DayRules& rules_;
  DayCase& case_;
  TargetOutcome& outcome_;
};

}  // namespace consolidador
