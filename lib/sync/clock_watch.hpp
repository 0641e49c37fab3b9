// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
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
    Date soon{};                      ///< and that when the tolerance has passed
  };

  /// How far apart two clocks may be. So long before midnight others may have the next day already.
  static constexpr std::chrono::minutes tolerance{60};
  /// The newest sales may be so old where nobody confirms the time: a branch may be closed for
  /// weeks.
  static constexpr std::chrono::days longest_break{31};

  /// A server's clock showed `theirs` a moment ago.
  void heard(const std::string& server, Instant theirs, std::chrono::nanoseconds up_for);
  void forget(const std::string& server) { servers_.erase(server); }
  bool has_heard(const std::string& server) const { return servers_.contains(server); }
  /// Of the POS's sales the newest of a day to come; nothing: there is none.
  void heard_of_sales(std::optional<Date> to_come) { ahead_ = to_come; }

  /// A server that should confirm the time and has not been heard yet.
  struct Awaited {
    std::string server;
    Date found;  ///< the newest day of which a target had sales when this process first looked
  };

  /// The newest day of which a target has sales.
  struct Newest {
    Date date;
    std::string target;
  };

  /// `end_of`: when a day of the branch ends; may be empty.
  static Here here(Date today, const std::function<Instant(Date)>& end_of);

  /// What speaks against this machine's clock, and the remedy; nothing: nothing does.
  std::optional<std::string> doubt(const Here& here, const std::optional<Newest>& newest,
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
