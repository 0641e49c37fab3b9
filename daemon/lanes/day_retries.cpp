// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_retries.hpp"

#include <fmt/format.h>

#include "lib/core/log.hpp"

namespace consolidador {

SteadyClock::time_point DayRetries::failed_with_target(Date date, const Error& error) {
  const auto [found, first] = days_.try_emplace(date);
  Series& series = found->second;
  if (const auto former = former_.find(date); first && former != former_.end())
    series.since = former->second;
  series.error = error.what();
  return SteadyClock::now() + backoff_.delay(++series.failures);
}

SteadyClock::time_point DayRetries::failed(Date date, const Error& error) {
  const auto again = failed_with_target(date, error);
  Series& series = days_[date];
  if (series.news.is_news(error.what(), std::chrono::system_clock::now()))
    log::write(log::Level::warning, {log::Event::other, date, target_, 0, error.code()},
               fmt::format("{} {}: {}; failed {} times, tried again until it works",
                           to_string(date), target_, error.what(), series.failures));
  return again;
}

void DayRetries::failed_for_good(Date date) {
  days_[date].failures = 0;
  days_[date].for_good = true;
}

std::optional<RetriedDay> DayRetries::find(Date date) const {
  const auto found = days_.find(date);
  if (found == days_.end() || found->second.for_good) return std::nullopt;
  return RetriedDay{date, found->second.since, found->second.error};
}

std::vector<RetriedDay> DayRetries::days() const {
  std::vector<RetriedDay> days;
  for (const auto& [date, series] : days_)
    if (!series.for_good) days.push_back({date, series.since, series.error});
  return days;
}

std::vector<RetriedDay> DayRetries::former() const {
  std::vector<RetriedDay> days;
  for (const auto& [date, since] : former_)
    if (!days_.contains(date))
      days.push_back({date, since, "it failed before the restart, and has not been tried since"});
  return days;
}

DayRetries::Since DayRetries::since() const {
  Since since = former_;
  for (const auto& [date, series] : days_) since[date] = series.since;
  return since;
}

bool DayRetries::failed_before(Date date, SteadyClock::time_point when) const {
  const auto found = days_.find(date);
  return found != days_.end() && found->second.began < when;
}

unsigned DayRetries::failures(Date date) const {
  const auto found = days_.find(date);
  return found == days_.end() ? 0 : found->second.failures;
}

}  // namespace consolidador
