// SPDX-License-Identifier: MIT
#include "daemon/availability.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/date.hpp"
#include "lib/core/log.hpp"

namespace consolidador {
namespace {

using namespace std::chrono;

constexpr auto say_again_after = hours(1);
constexpr std::size_t most_said = 20;  // errors may carry numbers that differ each time

}  // namespace

void Availability::failed(const Error& error, Instant now) {
  ++failures_;
  const double random = std::uniform_real_distribution<double>()(random_);
  retry_at_ = SteadyClock::now() + backoff_delay(policy_, failures_, random);
  last_error_ = error.what();
  if (up_ || !down_since_) down_since_ = now;
  up_ = false;
  if (!is_news(now)) return;
  const auto text = failures_ == 1
                        ? fmt::format("{} is down: {}", name_, last_error_)
                        : fmt::format("{} is down since {} ({} attempts): {}", name_,
                                      to_utc_string(*down_since_), failures_, last_error_);
  log::write(log::Level::error, {log::Event::database_down, std::nullopt, name_, 0, error.code()},
             text);
}

/// A dead line may fail in two ways by turns: what was said stays said.
bool Availability::is_news(Instant now) {
  if (said_.size() >= most_said && !said_.contains(last_error_)) return false;
  const auto [entry, first] = said_.try_emplace(last_error_, now);
  if (!first && now - entry->second < say_again_after && entry->second <= now) return false;
  entry->second = now;
  return true;
}

bool Availability::succeeded(Instant now) {
  last_success_ = now;
  if (up_) return false;
  if (down_since_) {
    ++recoveries_;
    log::write(log::Level::warning, {log::Event::database_up, std::nullopt, name_, 0, 0},
               fmt::format("{} is back after {} and {} attempts", name_,
                           spell_duration(duration_cast<seconds>(now - *down_since_)), failures_));
  }
  up_ = true;
  failures_ = 0;
  retry_at_ = {};
  last_error_.clear();
  said_.clear();
  down_since_.reset();
  return true;
}

bool concerns_whole_database(const Error& error) noexcept {
  switch (error.cause()) {
    case ErrorCause::link:
    case ErrorCause::rights:
    case ErrorCause::schema:
    case ErrorCause::configuration:
      return true;
    default:
      return false;
  }
}

std::string spell_duration(seconds duration) {
  const auto s = std::max<std::int64_t>(duration.count(), 0);
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}min", s / 60);
  if (s < 86400) return fmt::format("{}h{:02}", s / 3600, s / 60 % 60);
  return fmt::format("{}d{:02}h", s / 86400, s / 3600 % 24);
}

}  // namespace consolidador
