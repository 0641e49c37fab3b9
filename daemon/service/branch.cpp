// SPDX-License-Identifier: MIT
#include "daemon/service/branch.hpp"

namespace consolidador {

Branch::Branch(const Config& config, const Timekeeper& time)
    : time_(time), config_(config), zone_(config.branch.time_zone) {}

void Branch::replace(const Config& config, const TimeZone& zone) {
  config_ = config;
  zone_ = zone;
}

std::chrono::minutes Branch::time_of_day() const {
  return std::chrono::floor<std::chrono::minutes>(zone_.time_of_day_at(now()));
}

Date Branch::window_start() const {
  return today() - std::chrono::days(config_.window.reprocess_days);
}

Branch::Instant Branch::final_from(Date date) const {
  return zone_.instant_at(date + std::chrono::days(1), config_.schedule.close_at);
}

}  // namespace consolidador
