// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "daemon/lanes/day.hpp"

namespace consolidador {

/// The cycle that runs: the days of today and the window that the targets have not reported yet,
/// and how those went that they have. A value: it is told what happens.
class Cycle {
 public:
  using Instant = SteadyClock::time_point;

  struct Finished {
    std::size_t days = 0;     ///< days times targets
    std::size_t changed = 0;  ///< of them written
    std::size_t failed = 0;   ///< of them in ERROR
    std::size_t retried = 0;  ///< of them failed for a reason that passes, and tried again
    std::chrono::milliseconds took{};
  };

  bool running() const noexcept { return running_; }

  /// One that runs already goes on, and waits for what is expected from now on, too.
  void begin(Instant now);
  void expect(const std::string& target, Date date);

  // Each returns what the cycle has come to, once, when nothing is open any more.
  std::optional<Finished> day_done(const DayReport& report, Instant now);
  std::optional<Finished> day_retried(const DayReport& report, Instant now);
  std::optional<Finished> day_dropped(const std::string& target, Date date, Instant now);
  std::optional<Finished> target_gone(const std::string& target, Instant now);
  std::optional<Finished> end_if_done(Instant now);

 private:
  bool running_ = false;
  Instant started_{};
  Finished counts_;
  std::set<std::pair<std::string, Date>> open_;
};

}  // namespace consolidador
