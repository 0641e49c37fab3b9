// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include "lib/core/date.hpp"
#include "lib/core/time_zone.hpp"

namespace consolidador {

struct ScheduleOptions {
  std::chrono::milliseconds every{300'000};
  std::chrono::minutes close_at{120};
  unsigned verifications_per_hour = 4;
  std::int32_t branch_id = 0;  ///< decides the offset
};

/// What is due at a moment.
struct Due {
  bool cycle = false;      ///< bring today and the window up to date
  bool closing = false;    ///< audit the ended days for good
  bool verify = false;     ///< audit one old day again
  bool heartbeat = false;  ///< head office should hear of the branch, also between rare cycles
};

/// When things are due, as a pure value: it is asked, it never waits. However long the machine
/// slept or the clock jumped forward, each kind is due once, not once per missed tick; set back,
/// the clock repeats no closing and no tick is further away than its interval.
class Schedule {
 public:
  using Instant = std::chrono::system_clock::time_point;

  /// Nothing is due before `now`; the first cycle is due at once.
  Schedule(const ScheduleOptions& options, const TimeZone& zone, Instant now);

  /// What is due at `now`, given once.
  Due take_due(Instant now);

  /// When to ask again: after `now`, at most an interval away.
  Instant next(Instant now) const;

  Instant next_cycle() const noexcept { return next_cycle_; }

  /// The branch's own part of the interval: stable over restarts, spread evenly over branches.
  static std::chrono::milliseconds offset(std::int32_t branch_id, std::chrono::milliseconds every);

 private:
  Instant tick_after(Instant now, std::chrono::milliseconds every) const;
  Instant closing_of(Date date) const;
  Date last_closing_date(Instant now) const;

  ScheduleOptions options_;
  TimeZone zone_;
  Instant next_cycle_;
  std::optional<Instant> next_verification_;
  std::optional<Instant> next_heartbeat_;  ///< where the cycles are too rare to tell
  Date closed_;                            ///< the date whose closing pass was given last
};

}  // namespace consolidador
