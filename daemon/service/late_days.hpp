// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "daemon/service/branch.hpp"

namespace consolidador {

/// The ended days that a target should have and has not, and since when there have been some, also
/// before a restart. Loop thread only.
class LateDays {
 public:
  std::size_t count() const noexcept { return days_.size(); }
  std::optional<Date> oldest() const;
  std::optional<Branch::Instant> since() const noexcept { return since_; }
  /// As a former process has left it; counts until none is late.
  void remember(std::optional<Branch::Instant> since) noexcept { since_ = since; }

  /// As planned anew; those that are late no longer.
  std::set<Date> replace(std::set<Date> days, Branch::Instant now);
  /// The day is there. How many have come since there were none, at the last of them; else 0.
  std::size_t caught_up(Date date);

 private:
  std::set<Date> days_;
  std::size_t came_ = 0;
  std::optional<Branch::Instant> since_;
};

}  // namespace consolidador
