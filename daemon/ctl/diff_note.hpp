// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/ctl/told_rows.hpp"

namespace consolidador::ctl {

// The last diff of a day, kept for the user who has asked for it, in $XDG_STATE_HOME or
// ~/.local/state; nobody else may read it.

/// A row in which a place differed.
struct KeptDifference {
  SalesKey key;
  std::string place;
  Amounts difference;  ///< from the place that the others were measured by
};

/// Throws std::system_error, and std::runtime_error where there is no home.
void keep_diff(std::int32_t branch, const ToldDifferences& day);

/// Nothing where none was kept, or it cannot be read.
std::optional<std::vector<KeptDifference>> kept_diff(std::int32_t branch, const std::string& date);

/// What has become of a difference.
struct DiffOutcome {
  enum class State {
    resolved,  ///< the row is the same in that place now
    left,      ///< it differs still, by `now`
    unknown,   ///< the place cannot be compared now
  };
  KeptDifference before;
  State state = State::resolved;
  Amounts now;
};

std::vector<DiffOutcome> outcomes_of(const std::vector<KeptDifference>& kept,
                                     const ToldDifferences& now);

}  // namespace consolidador::ctl
