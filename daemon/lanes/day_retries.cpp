// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_retries.hpp"

#include <fmt/format.h>

#include "lib/core/log.hpp"

namespace consolidador {

SteadyClock::time_point DayRetries::failed(Date date, const Error& error) {
  Series& series = days_[date];
  const auto delay = backoff_.delay(++series.failures);
  if (series.news.is_news(error.what(), std::chrono::system_clock::now()))
    log::write(log::Level::warning, {log::Event::other, date, target_, 0, error.code()},
               fmt::format("{} {}: {}; failed {} times, tried again until it works",
                           to_string(date), target_, error.what(), series.failures));
  return SteadyClock::now() + delay;
}

unsigned DayRetries::failures(Date date) const {
  const auto found = days_.find(date);
  return found == days_.end() ? 0 : found->second.failures;
}

}  // namespace consolidador
