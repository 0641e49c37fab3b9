// SPDX-License-Identifier: MIT
#include "daemon/service/status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/lanes/day_text.hpp"
#include "daemon/version.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

// As many as the heartbeat's columns take.
constexpr std::size_t told_failures = 40;
constexpr std::size_t longest_reasons = 400;
// As far back as head office's calendar goes.
constexpr std::ptrdiff_t told_holds = 400;

/// In the words of EstadoSucursales.
std::string_view salud(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::starting:
    case Health::degraded:
      return "degradada";
    case Health::failing:
      break;
  }
  return "fallando";
}

/// `22:30`.
std::string clock_text(std::chrono::minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::string describe(const TargetStatus& place) {
  auto text = place.down_since
                  ? fmt::format(", {} down since {}", place.name, to_utc_string(*place.down_since))
                  : fmt::format(", {} {}", place.name, place.up ? "up" : "connecting");
  if (place.pending != 0) text += fmt::format(" ({} pending)", counted(place.pending, "day"));
  return text;
}

}  // namespace

DaemonState state_of(const Standing& standing, bool idle) {
  if (standing.stopping) return DaemonState::stopping;
  if (standing.paused) return DaemonState::paused;
  if (!idle) return DaemonState::syncing;
  return standing.last_cycle ? DaemonState::idle : DaemonState::starting;
}

std::vector<std::string> modes_of(const Config& config) {
  std::vector<std::string> modes;
  if (config.dry_run) modes.emplace_back("dry run");
  if (config.local_only) modes.emplace_back("local only");
  if (!config.audit.enabled) modes.emplace_back("audit off");
  if (!config.lock.enabled) modes.emplace_back("lock off");
  if (const auto& hours = config.extraction.hours)
    modes.push_back(
        fmt::format("old days {} to {}", clock_text(hours->from), clock_text(hours->to)));
  return modes;
}

TargetStatus connection_status(const std::string& name, const Availability& availability) {
  TargetStatus status;
  status.name = name;
  status.up = availability.up();
  status.last_success = availability.last_success();
  status.down_since = availability.down_since();
  status.error = availability.last_error();
  status.reconnects = availability.recoveries();
  return status;
}

std::optional<Date> audited_everywhere(const std::vector<TargetStatus>& targets) {
  std::optional<Date> last;
  for (const TargetStatus& target : targets) {
    if (!target.last_audited) return std::nullopt;
    last = std::min(last.value_or(Date::max()), *target.last_audited);
  }
  return last;
}

PlaceStatus place_status(const TargetStatus& status, const Availability& availability) {
  PlaceStatus place{status.name, status.last_success, status.error,  availability.needs_person(),
                    status.late, status.oldest_late,  status.retried};
  place.seen = availability.has_succeeded();
  return place;
}

void add_days(HealthInput& input, const DayBook& book) {
  input.failed_days = book.failed().size();
  input.failed_since = book.failed_since();
  if (!book.failed().empty())
    input.first_failure = fmt::format("{}: {}", to_string(book.failed().begin()->first),
                                      book.failed().begin()->second);
  input.rejected_days = book.rejected().size();
  input.rejected_rows = book.rejected_rows();
  if (!book.rejected().empty())
    input.first_rejection = fmt::format("{}: {}", to_string(book.rejected().rbegin()->first),
                                        one_line(book.rejected().rbegin()->second.text));
  input.held_days = book.held_days();
  const auto held = book.held();
  if (held.empty()) return;
  const DayBook::Hold& hold = *book.hold(held.front());
  input.first_hold = fmt::format("{}: {}", to_string(held.front()),
                                 hold_text(held.front(), hold.reason, hold.loss, hold.conflict));
}

Heartbeat heartbeat_of(const HealthVerdict& verdict, const DayBook& book,
                       const std::vector<std::string>& modes, bool paused) {
  Heartbeat beat;
  beat.salud = salud(verdict.health);
  auto reasons = verdict.reasons;
  if (paused) {  // first, and with the word by which head office knows it
    std::ranges::stable_partition(reasons, [](const auto& r) { return r.starts_with("paused"); });
    reasons.insert(reasons.begin(), "pausada");
  }
  if (!modes.empty()) reasons.push_back(fmt::format("modes: {}", fmt::join(modes, ", ")));
  beat.reasons = abridged(one_line(fmt::format("{}", fmt::join(reasons, "; "))), longest_reasons);
  for (const auto& [date, error] : book.failed())
    if (beat.failed.size() < told_failures) beat.failed.push_back(date);
  const auto held = book.held();  // of very many the newest
  beat.held.assign(held.end() - std::min<std::ptrdiff_t>(std::ssize(held), told_holds), held.end());
  beat.version = product_version;
  return beat;
}

std::string status_line(const StatusSnapshot& status) {
  std::string line =
      fmt::format("branch {}: {}", status.branch_id, to_string(status.health.health));
  if (status.state == DaemonState::paused)
    line += status.pause_reason.empty() ? ", paused" : ", paused: " + status.pause_reason;
  line += describe(status.source);
  for (const TargetStatus& target : status.targets) line += describe(target);
  if (!status.modes.empty()) line += fmt::format(" [{}]", fmt::join(status.modes, ", "));
  if (!status.config_error.empty()) line += ", configuration not reloaded: " + status.config_error;
  return line;
}

}  // namespace consolidador
