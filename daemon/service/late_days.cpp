// SPDX-License-Identifier: MIT
#include "daemon/service/late_days.hpp"

#include <utility>

namespace consolidador {

std::optional<Date> LateDays::oldest() const {
  return days_.empty() ? std::nullopt : std::optional(*days_.begin());
}

std::set<Date> LateDays::replace(std::set<Date> days, Branch::Instant now) {
  std::set<Date> gone = std::exchange(days_, std::move(days));
  std::erase_if(gone, [this](Date date) { return days_.contains(date); });
  if (days_.empty())
    since_.reset();
  else if (!since_)
    since_ = now;
  return gone;
}

std::size_t LateDays::caught_up(Date date) {
  came_ += days_.erase(date);
  if (!days_.empty()) return 0;
  since_.reset();
  return std::exchange(came_, 0);
}

}  // namespace consolidador
