// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/service/timekeeper.hpp"
#include "lib/config/config.hpp"
#include "lib/core/time_zone.hpp"

namespace consolidador {

/// The branch: what is configured, and what day and time it is there. A reload gives it another
/// configuration; references to config() stay good. Loop thread only.
class Branch {
 public:
  using Instant = Timekeeper::Instant;

  /// Throws ConfigError where the zone is not known.
  Branch(const Config& config, const Timekeeper& time);

  void replace(const Config& config, const TimeZone& zone);

  const Config& config() const noexcept { return config_; }
  const TimeZone& zone() const noexcept { return zone_; }
  std::int32_t id() const noexcept { return config_.branch.id; }

  Instant now() const { return time_.now(); }
  Date today() const { return zone_.date_at(now()); }
  /// When the day is over.
  Instant end_of(Date date) const { return zone_.instant_at(date + std::chrono::days(1), {}); }
  std::chrono::minutes time_of_day() const;

  /// The first of the days that are looked at in every cycle.
  Date window_start() const;

  /// From when on an audit of the day is final: sales may come late, but not after the closing pass
  /// of the next day.
  Instant final_from(Date date) const;

 private:
  const Timekeeper& time_;
  Config config_;
  TimeZone zone_;
};

}  // namespace consolidador
