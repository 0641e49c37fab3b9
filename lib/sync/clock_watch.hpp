// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "lib/core/date.hpp"

namespace consolidador {

/// Whether this machine's clock can be trusted: what others know of the time is kept and compared.
/// A dead battery makes it the year 2000, a system that takes the hardware clock for local time is
/// hours ahead, and a wrong today closes days that are open and opens days that are closed.
/// Belongs to one thread: the service's loop, or that of `once`.
class ClockWatch {
 public:
  using Instant = std::chrono::system_clock::time_point;

  /// Now, by this machine.
  struct Here {
    Instant now;                      ///< by the clock that may be wrong
    std::chrono::nanoseconds up_for;  ///< since the boot, suspended or not (CLOCK_BOOTTIME)
    Date today;                       ///< in the branch
  };

  /// How far apart two clocks may be.
  static constexpr std::chrono::minutes tolerance{60};
  /// The newest sales may be so old where nobody confirms the time: a branch may be closed for
  /// weeks.
  static constexpr std::chrono::days longest_break{31};

  /// A server's clock showed `theirs` a moment ago.
  void heard(const std::string& server, Instant theirs, std::chrono::nanoseconds up_for);
  void forget(const std::string& server) { servers_.erase(server); }
  bool has_heard(const std::string& server) const { return servers_.contains(server); }
  /// The POS has sales, or has none, on the day after this one.
  void heard_of_tomorrow(Date today, bool has_sales);

  /// A server that should confirm the time and has not been heard yet.
  struct Awaited {
    std::string server;
    Date found;  ///< the newest day of which a target had sales when this process first looked
  };

  /// What speaks against this machine's clock, and the remedy; nothing: nothing does. `newest`: the
  /// newest day of which a target has sales.
  std::optional<std::string> doubt(const Here& here, std::optional<Date> newest,
                                   const std::optional<Awaited>& awaited) const;

 private:
  struct Heard {
    Instant theirs;
    std::chrono::nanoseconds up_for;
  };
  std::map<std::string, Heard> servers_;
  std::optional<Date> ahead_;  // a day of which the POS has sales
};

/// Since the boot, suspended or not.
std::chrono::nanoseconds time_since_boot();

}  // namespace consolidador
