// SPDX-License-Identifier: MIT
#include "daemon/ctl/figures.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "lib/core/duration.hpp"

namespace consolidador::ctl {
namespace {

constexpr std::uint64_t usec_per_second = 1'000'000;

std::int64_t seconds_of(Instant instant) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
}

}  // namespace

std::string spell_time(std::uint64_t usec, Instant now) {
  if (usec == 0) return "never";
  const auto second = static_cast<std::time_t>(usec / usec_per_second);
  const auto text = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(second));
  const std::chrono::seconds distance(seconds_of(now) - second);
  if (distance.count() < 0) return fmt::format("{} (in {})", text, spell_duration(-distance));
  return fmt::format("{} ({} ago)", text, spell_duration(distance));
}

std::uint64_t age_seconds(std::uint64_t usec, Instant now) {
  const auto age = seconds_of(now) - static_cast<std::int64_t>(usec / usec_per_second);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(age, 0));
}

}  // namespace consolidador::ctl
