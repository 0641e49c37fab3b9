// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>

#include "lib/core/date.hpp"

namespace consolidador {

/// The branch's time zone: decides which day "today" is. Reads the system's tzdata; immutable,
/// usable on any thread.
class TimeZone {
 public:
  /// `name` is an IANA name such as `America/Mexico_City`; empty means the machine's own zone.
  /// Throws ConfigError when the machine does not know it.
  explicit TimeZone(const std::string& name);

  const std::string& name() const noexcept { return name_; }

  /// The calendar day in this zone at `instant`.
  Date date_at(std::chrono::system_clock::time_point instant) const;

  /// What this zone's clocks show at `instant`, since midnight.
  std::chrono::seconds time_of_day_at(std::chrono::system_clock::time_point instant) const;

  /// The instant at which `date` reaches `time_of_day` on this zone's clocks. A time that daylight
  /// saving skips is taken at the moment of the change; one that happens twice, the first time.
  std::chrono::system_clock::time_point instant_at(Date date,
                                                   std::chrono::seconds time_of_day) const;

 private:
  std::string name_;
  const void* zone_;  // date::time_zone, owned by the tz database for the process' life
};

}  // namespace consolidador
