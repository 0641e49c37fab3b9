// SPDX-License-Identifier: MIT
#include "lib/report/health.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/duration.hpp"

namespace consolidador {
namespace {

using namespace std::chrono;

struct Reason {
  Health health;
  std::string text;
};

std::string with_error(std::string text, const std::string& error) {
  return error.empty() ? text : fmt::format("{}: {}", text, error);
}

void judge_age(const PlaceStatus& place, const HealthInput& input, std::vector<Reason>& reasons) {
  const auto last_success = place.last_success.value_or(input.started);
  const auto age = duration_cast<seconds>(input.now - last_success);
  if (age < input.degraded_after) {
    if (place.needs_person) reasons.push_back({Health::degraded, place.error});
    return;
  }
  const Health health = age < input.failing_after ? Health::degraded : Health::failing;
  reasons.push_back(
      {health, with_error(fmt::format("{}: no success for {}", place.name, spell_duration(age)),
                          place.error)});
}

void judge_late_days(const PlaceStatus& place, const HealthInput& input,
                     std::vector<Reason>& reasons) {
  if (place.late_days == 0 || !place.oldest_late) return;
  // A day ends a day after it begins: yesterday's is late by nothing yet.
  const auto late = input.today - *place.oldest_late - days(1);
  const Health health = late >= input.failing_after ? Health::failing : Health::degraded;
  reasons.push_back({health, fmt::format("{}: {} ended days pending, the oldest {}", place.name,
                                         place.late_days, to_string(*place.oldest_late))});
}

std::string spell_holds(std::size_t days, const std::string& first) {
  return fmt::format("{} held, such as {}",
                     days == 1 ? "1 day is" : fmt::format("{} days are", days), first);
}

}  // namespace

std::string_view to_string(Health health) noexcept {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::degraded:
      return "degraded";
    case Health::failing:
      return "failing";
  }
  return "?";
}

HealthVerdict judge(const HealthInput& input) {
  std::vector<Reason> reasons;
  for (const PlaceStatus& place : input.places) {
    judge_age(place, input, reasons);
    judge_late_days(place, input, reasons);
  }
  if (input.failed_days != 0)
    reasons.push_back({Health::degraded, fmt::format("{} days in ERROR, such as {}",
                                                     input.failed_days, input.first_failure)});
  if (input.held_days != 0)
    reasons.push_back({Health::degraded, spell_holds(input.held_days, input.first_hold)});
  if (!input.configuration_error.empty())
    reasons.push_back({Health::degraded, fmt::format("the configuration was not reloaded: {}",
                                                     input.configuration_error)});
  std::ranges::stable_sort(reasons, std::greater{}, &Reason::health);
  HealthVerdict verdict;
  for (Reason& reason : reasons) {
    verdict.health = std::max(verdict.health, reason.health);
    verdict.reasons.push_back(std::move(reason.text));
  }
  return verdict;
}

}  // namespace consolidador
