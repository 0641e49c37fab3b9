// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/lanes/loop.hpp"

namespace consolidador {

struct HistoryLimits {
  std::size_t parallel = 1;               ///< old days read at the same time
  unsigned share = 50;                    ///< percent of the time that each of them may read
  std::uint64_t max_threads_running = 0;  ///< of the POS's server; 0: whatever it has to do
};

/// When an old day may be read from the POS, so that no till notices a backfill: a pure value that
/// is told what happens and asked. Today's sales never ask.
class HistoryGate {
 public:
  using Instant = SteadyClock::time_point;

  explicit HistoryGate(const HistoryLimits& limits) : limits_(limits) {}
  void set_limits(const HistoryLimits& limits) { limits_ = limits; }
  const HistoryLimits& limits() const noexcept { return limits_; }

  /// Outside the hours that the configuration allows.
  void shut(bool shut) { shut_ = shut; }
  bool is_shut() const noexcept { return shut_; }

  /// The next may begin now when this is not after now; max(): not before something happens.
  Instant opens_at() const {
    return shut_ || running_ >= limits_.parallel ? Instant::max() : opens_at_;
  }

  void began() { ++running_; }
  void ended(SteadyClock::duration took, Instant now);

  /// The POS has too much to do.
  void close_until(Instant instant) { opens_at_ = std::max(opens_at_, instant); }

 private:
  HistoryLimits limits_;
  std::size_t running_ = 0;
  Instant opens_at_{};
  bool shut_ = false;
};

}  // namespace consolidador
