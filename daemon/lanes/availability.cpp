// SPDX-License-Identifier: MIT
#include "daemon/lanes/availability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/core/date.hpp"
#include "lib/core/duration.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"
#include "lib/db/db_error.hpp"

namespace consolidador {

using namespace std::chrono;

void Availability::failed(const Error& error, Instant now) {
  ++failures_;
  retry_at_ = SteadyClock::now() + backoff_.delay(failures_);
  last_error_ = error.what();
  needs_person_ = !error.retryable() && error.cause() == ErrorCause::configuration;
  if (up_ || !down_since_) down_since_ = now;
  up_ = false;
  confirmed_ = false;
  if (!news_.is_news(last_error_, now)) return;
  const auto text = failures_ == 1 ? fmt::format("{} is down: {}", name_, last_error_)
                                   : fmt::format("{} is down since {} ({}): {}", name_,
                                                 to_utc_string(*down_since_),
                                                 counted(failures_, "attempt"), last_error_);
  log::write(log::Level::error, {log::Event::database_down, std::nullopt, name_, 0, error.code()},
             text);
}

bool Availability::succeeded(Instant now) {
  last_success_ = now;
  succeeded_ = true;
  return answered(now);
}

void Availability::confirmed() {
  confirmed_ = true;
  if (last_answer_) last_success_ = std::max(last_success_.value_or(*last_answer_), *last_answer_);
}

bool Availability::answered(Instant now) {
  last_answer_ = now;
  if (std::exchange(confirmed_, false)) last_success_ = now;
  if (up_) return false;
  if (down_since_) {
    ++recoveries_;
    log::write(log::Level::warning, {log::Event::database_up, std::nullopt, name_, 0, 0},
               fmt::format("{} is back after {} and {}", name_,
                           spell_duration(duration_cast<seconds>(now - *down_since_)),
                           counted(failures_, "attempt")));
  }
  up_ = true;
  failures_ = 0;
  retry_at_ = {};
  last_error_.clear();
  needs_person_ = false;
  news_.clear();
  down_since_.reset();
  return true;
}

bool concerns_whole_database(const Error& error) noexcept {
  switch (error.cause()) {
    case ErrorCause::link:
    case ErrorCause::deadline:
    case ErrorCause::rights:
    case ErrorCause::schema:
    case ErrorCause::configuration:
      return true;
    case ErrorCause::server:
      return takes_host_down(error.code()) || is_full(error.code());
    default:
      return false;
  }
}

}  // namespace consolidador
