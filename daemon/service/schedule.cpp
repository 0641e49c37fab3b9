// SPDX-License-Identifier: MIT
#include "daemon/service/schedule.hpp"

#include <algorithm>

namespace consolidador {

using namespace std::chrono;

namespace {

constexpr minutes longest_silence{15};

milliseconds verification_interval(unsigned per_hour) {
  return milliseconds(hours(1)) / per_hour;
}

}  // namespace

Schedule::Schedule(const ScheduleOptions& options, const TimeZone& zone, Instant now)
    : options_(options), zone_(zone), next_cycle_(now), closed_(last_closing_date(now)) {
  if (options_.every > longest_silence) next_heartbeat_ = tick_after(now, longest_silence);
  if (options_.verifications_per_hour != 0)
    next_verification_ = tick_after(now, verification_interval(options_.verifications_per_hour));
}

milliseconds Schedule::offset(std::int32_t branch_id, milliseconds every) {
  // Fibonacci hashing: consecutive ids land far apart (Knuth, vol. 3, 6.4).
  const auto hash = static_cast<std::uint32_t>(branch_id) * 2'654'435'769u;
  return milliseconds(static_cast<std::int64_t>(hash) * every.count() / (std::int64_t{1} << 32));
}

/// Ticks lie on a grid that does not depend on when the process started.
Schedule::Instant Schedule::tick_after(Instant now, milliseconds every) const {
  const auto shift = offset(options_.branch_id, every);
  const auto since = duration_cast<milliseconds>(now.time_since_epoch()) - shift;
  return Instant((since / every + 1) * every + shift);
}

Schedule::Instant Schedule::closing_of(Date date) const {
  return zone_.instant_at(date, options_.close_at) + offset(options_.branch_id, options_.every);
}

Date Schedule::last_closing_date(Instant now) const {
  const Date today = zone_.date_at(now);
  return closing_of(today) <= now ? today : today - days(1);
}

Due Schedule::take_due(Instant now) {
  Due due;
  if (now >= next_cycle_ || next_cycle_ - now > options_.every) {
    due.cycle = now >= next_cycle_;
    next_cycle_ = tick_after(now, options_.every);
  }
  if (next_heartbeat_) {
    due.heartbeat = now >= *next_heartbeat_;
    if (due.heartbeat || *next_heartbeat_ - now > longest_silence)
      next_heartbeat_ = tick_after(now, longest_silence);
  }
  if (const Date date = last_closing_date(now); date > closed_) {
    due.closing = true;
    closed_ = date;
  }
  if (next_verification_) {
    const auto interval = verification_interval(options_.verifications_per_hour);
    due.verify = now >= *next_verification_;
    if (due.verify || *next_verification_ - now > interval)
      next_verification_ = tick_after(now, interval);
  }
  return due;
}

Schedule::Instant Schedule::next(Instant now) const {
  auto instant = std::min(next_cycle_, closing_of(closed_ + days(1)));
  if (next_heartbeat_) instant = std::min(instant, *next_heartbeat_);
  if (next_verification_) instant = std::min(instant, *next_verification_);
  return std::clamp(instant, now, now + options_.every);
}

}  // namespace consolidador
