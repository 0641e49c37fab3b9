// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "daemon/lanes/availability.hpp"
#include "daemon/lanes/confirmed_days.hpp"
#include "daemon/lanes/errands.hpp"

namespace consolidador {

/// A target's ups and downs: what is forgotten when it goes down, what is read when it is back, and
/// which day has to prove that it is. Where a day took it down, an answer to a cheap question says
/// nothing: a day may need what that does not, a right that was revoked, room on the disk, a line
/// that carries more than a few bytes. Loop thread only.
class Recovery {
 public:
  /// All of them must outlive this object.
  struct Parts {
    Errands& errands;
    ConfirmedDays& confirmed;
    Holdings& holdings;
    LaneListener& listener;
    Wakeup& changed;
  };
  Recovery(std::string name, const LaneOptions& options, const Parts& parts);

  const Availability& availability() const noexcept { return availability_; }
  bool up() const noexcept { return availability_.up(); }

  /// The day that took it down, until one has got through; nothing: it was none.
  const std::optional<DayTask>& test_day() const noexcept { return test_day_; }

  /// When a day last got through; before all times: none has.
  SteadyClock::time_point succeeded_at() const noexcept { return succeeded_at_; }

  /// The target cannot be used; `day`: where it took the target down, and could prove it back.
  void failed(const Error& error, const std::optional<DayTask>& day = std::nullopt);
  void answered();
  /// A day that began at `start` got through; what has failed since counts for more.
  void succeeded(SteadyClock::time_point start);
  void confirmed() { availability_.confirmed(); }

  void forget_wait() { availability_.forget_wait(); }
  /// Another target, or other options: nothing has to be proven of it.
  void replace(const LaneOptions& options);

 private:
  void came_up();

  std::string name_;
  Parts parts_;
  Availability availability_;
  std::optional<DayTask> test_day_;
  SteadyClock::time_point failed_at_{}, succeeded_at_{};
};

}  // namespace consolidador
