// SPDX-License-Identifier: MIT
#include "lib/report/health.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/duration.hpp"
#include "lib/core/text.hpp"

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

/// Young, and nothing has got through yet in this process.
void judge_start(const PlaceStatus& place, const HealthInput& input, std::vector<Reason>& reasons) {
  if (place.seen) return;
  const auto age = duration_cast<seconds>(input.now - input.started);
  const auto text = fmt::format("{}: no day has got through since the start", place.name);
  reasons.push_back({age < input.starting_for ? Health::starting : Health::degraded,
                     with_error(text, place.error)});
}

/// While a branch is paused nothing of it is judged by age.
Health by_age(seconds age, const HealthInput& input) {
  return age < input.failing_after || input.paused ? Health::degraded : Health::failing;
}

/// That is told once, of the source.
bool waits_for_source(const PlaceStatus& place, const HealthInput& input) {
  return !place.is_source && place.error.empty() &&
         std::ranges::any_of(input.places, [](const PlaceStatus& other) {
           return other.is_source && !other.error.empty();
         });
}

void judge_age(const PlaceStatus& place, const HealthInput& input, std::vector<Reason>& reasons) {
  if (waits_for_source(place, input)) return;
  const auto last_success = place.last_success.value_or(place.first_seen.value_or(input.started));
  const auto age = duration_cast<seconds>(input.now - last_success);
  if (age < input.degraded_after) {
    if (place.needs_person)
      reasons.push_back({Health::degraded, place.error});
    else
      judge_start(place, input, reasons);
    return;
  }
  reasons.push_back({by_age(age, input), with_error(fmt::format("{}: no success for {}", place.name,
                                                                spell_duration(age)),
                                                    place.error)});
}

/// Of those that have waited for too long, the one that has waited longest.
void judge_retried_days(const PlaceStatus& place, const HealthInput& input,
                        std::vector<Reason>& reasons) {
  const auto too_long = [&](const RetriedDay& day) {
    return input.now - day.since >= input.degraded_after;
  };
  const auto count = std::ranges::count_if(place.retried, too_long);
  if (count == 0) return;
  const auto& oldest = *std::ranges::min_element(place.retried, {}, &RetriedDay::since);
  const auto age = duration_cast<seconds>(input.now - oldest.since);
  const auto date = oldest.date == input.today ? "today" : to_string(oldest.date);
  const auto others = count == 1 ? "" : fmt::format(" (and {} more)", count - 1);
  reasons.push_back({by_age(age, input), fmt::format("{} not in {} for {}{}: {}", date, place.name,
                                                     spell_duration(age), others, oldest.error)});
}

void judge_late_days(const PlaceStatus& place, const HealthInput& input,
                     std::vector<Reason>& reasons) {
  if (place.late_days == 0 || !place.oldest_late) return;
  const auto age = duration_cast<seconds>(input.now - place.late_since.value_or(input.now));
  reasons.push_back({by_age(age, input), fmt::format("{}: {} pending, the oldest {}", place.name,
                                                     counted(place.late_days, "ended day"),
                                                     to_string(*place.oldest_late))});
}

void judge_silence(const PlaceStatus& place, const HealthInput& input,
                   std::vector<Reason>& reasons) {
  if (!place.silence) return;
  const auto age = duration_cast<seconds>(input.now - place.silence->since);
  if (place.silence->passes && age < input.degraded_after) return;
  reasons.push_back(
      {Health::degraded, fmt::format("{}: it takes no heartbeat for {}, and who looks there does "
                                     "not see how the branch is: {}",
                                     place.name, spell_duration(age), place.silence->error)});
}

void judge_rows_to_come(const PlaceStatus& place, std::vector<Reason>& reasons) {
  if (!place.rows_to_come) return;
  reasons.push_back(
      {Health::degraded,
       fmt::format(
           "{}: rows of {}, a day to come, without an entry in SincronizacionDias: somebody "
           "else has written them; look at them, and delete them",
           place.name, to_string(*place.rows_to_come))});
}

void judge_failed_days(const HealthInput& input, std::vector<Reason>& reasons) {
  if (input.failed_days == 0) return;
  const auto age = duration_cast<seconds>(input.now - input.failed_since.value_or(input.now));
  reasons.push_back(
      {by_age(age, input), fmt::format("{} in ERROR, such as {}", counted(input.failed_days, "day"),
                                       input.first_failure)});
}

void judge_overwritten(const PlaceStatus& place, std::vector<Reason>& reasons) {
  constexpr std::size_t too_often = 3;  // a person who mends something does so once
  if (place.overwritten < too_often) return;
  reasons.push_back(
      {Health::degraded,
       fmt::format("{}: somebody else has written this branch's days {} times within an hour; find "
                   "out who: another service of the same branch.id, or a program",
                   place.name, place.overwritten)});
}

/// Each old day has its turn; after a start that may take an hour.
void judge_verification(const PlaceStatus& place, const HealthInput& input,
                        std::vector<Reason>& reasons) {
  if (!place.verified || input.paused || input.now - input.started < hours(1)) return;
  const auto age = duration_cast<seconds>(input.now - *place.verified);
  if (age < days(7)) return;
  const auto text = fmt::format("{}: no old day verified for {}", place.name, spell_duration(age));
  reasons.push_back({Health::degraded, with_error(text, input.history_wait)});
}

std::string spell_holds(std::size_t days, const std::string& first) {
  return fmt::format("{} {} held, such as {}", counted(days, "day"), days == 1 ? "is" : "are",
                     first);
}

std::string spell_rejections(const HealthInput& input) {
  return fmt::format("{} of the POS in {} rejected, such as {}; correct them in the POS",
                     counted(input.rejected_rows, "row"), counted(input.rejected_days, "day"),
                     input.first_rejection);
}

/// A person has said so, or the configuration does.
void judge_modes(const HealthInput& input, std::vector<Reason>& reasons) {
  if (input.paused) reasons.push_back({Health::degraded, with_error("paused", input.pause_reason)});
  if (input.dry_run) reasons.push_back({Health::degraded, "dry run: nothing is written"});
}

}  // namespace

std::string_view to_string(Health health) noexcept {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::starting:
      return "starting";
    case Health::degraded:
      return "degraded";
    case Health::failing:
      return "failing";
  }
  return "?";
}

HealthVerdict judge(const HealthInput& input) {
  std::vector<Reason> reasons;
  if (!input.writing_doubt.empty()) reasons.push_back({Health::failing, input.writing_doubt});
  judge_modes(input, reasons);
  for (const PlaceStatus& place : input.places) {
    if (!input.paused) judge_age(place, input, reasons);
    judge_retried_days(place, input, reasons);
    judge_late_days(place, input, reasons);
    judge_silence(place, input, reasons);
    judge_rows_to_come(place, reasons);
    judge_overwritten(place, reasons);
    judge_verification(place, input, reasons);
  }
  judge_failed_days(input, reasons);
  if (input.held_days != 0)
    reasons.push_back({Health::degraded, spell_holds(input.held_days, input.first_hold)});
  if (input.rejected_rows != 0) reasons.push_back({Health::degraded, spell_rejections(input)});
  if (!input.bitacora_problem.empty())
    reasons.push_back({Health::degraded, input.bitacora_problem});
  if (!input.state_problem.empty()) reasons.push_back({Health::degraded, input.state_problem});
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
