// SPDX-License-Identifier: MIT
// Daemon: what people see of it.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/lanes/day_text.hpp"
#include "daemon/service/daemon.hpp"
#include "daemon/version.hpp"
#include "lib/core/log.hpp"

namespace consolidador {

HealthVerdict Daemon::health() const {
  HealthInput input;
  input.now = time_.now();
  input.started = started_;
  input.today = today();
  const auto& source = extractions_.availability();
  input.places.push_back(
      {"operational", source.last_success(), source.last_error(), source.needs_person(), 0, {}});
  for (const Place& place : places_) {
    const auto& availability = place.lane->availability();
    std::optional<Date> oldest;
    if (!place.late.empty()) oldest = *place.late.begin();
    input.places.push_back({place.lane->name(), availability.last_success(),
                            availability.last_error(), availability.needs_person(),
                            place.late.size(), oldest});
  }
  input.failed_days = book_.failed().size();
  if (!book_.failed().empty())
    input.first_failure = fmt::format("{}: {}", to_string(book_.failed().begin()->first),
                                      book_.failed().begin()->second);
  input.held_days = book_.held_days();
  if (const auto held = book_.held(); !held.empty()) {
    const DayBook::Hold& hold = *book_.hold(held.front());
    input.first_hold = fmt::format("{}: {}", to_string(held.front()),
                                   hold_text(held.front(), hold.reason, hold.loss, hold.conflict));
  }
  input.configuration_error = configuration_error_;
  input.degraded_after = config_.health.degraded_after;
  input.failing_after = config_.health.failing_after;
  return judge(input);
}

std::size_t Daemon::pending(const std::string& target) const {
  const Place* place = find(target);
  return place ? place->lane->days().size() : 0;
}

std::string Daemon::status_line() const {
  std::string line = fmt::format("branch {}: {}", config_.branch.id, to_string(health().health));
  const auto describe_place = [&](const Availability& availability, const std::string& name,
                                  std::size_t waiting) {
    if (availability.down_since())
      line += fmt::format(", {} down since {}", name, to_utc_string(*availability.down_since()));
    else
      line += fmt::format(", {} {}", name, availability.up() ? "up" : "connecting");
    if (waiting != 0) line += fmt::format(" ({} days pending)", waiting);
  };
  describe_place(extractions_.availability(), "operational", 0);
  for (const Place& place : places_)
    describe_place(place.lane->availability(), place.lane->name(), pending(place.lane->name()));
  if (!configuration_error_.empty())
    line += ", configuration not reloaded: " + configuration_error_;
  return line;
}

void Daemon::update_status() {
  HealthVerdict verdict = health();
  if (verdict.health != last_health_.health) {
    const bool ok = verdict.health == Health::ok;
    log::write(ok ? log::Level::info : log::Level::warning,
               {log::Event::health, std::nullopt, "", 0, 0},
               fmt::format("health is {}{}{}", to_string(verdict.health), ok ? " again" : ": ",
                           fmt::join(verdict.reasons, "; ")));
    if (listener_) listener_->health_changed(verdict);
  }
  last_health_ = std::move(verdict);
  notifier_.status(status_line());
  if (listener_) listener_->status_changed();
}

DaemonState Daemon::state() const {
  if (stopping_) return DaemonState::stopping;
  if (paused_) return DaemonState::paused;
  const bool busy =
      std::ranges::any_of(places_, [](const Place& place) { return !place.lane->days().idle(); });
  if (busy) return DaemonState::syncing;
  return last_cycle_ ? DaemonState::idle : DaemonState::starting;
}

TargetStatus Daemon::target_status(const Place& place) const {
  const auto& availability = place.lane->availability();
  TargetStatus status;
  status.name = place.lane->name();
  status.up = availability.up();
  status.last_success = availability.last_success();
  status.down_since = availability.down_since();
  status.error = availability.last_error();
  status.pending = pending(status.name);
  status.late = place.late.size();
  if (!place.late.empty()) status.oldest_late = *place.late.begin();
  if (!known(place).empty()) status.last_audited = known(place).back().date;
  status.reconnects = availability.recoveries();
  return status;
}

StatusSnapshot Daemon::status() const {
  StatusSnapshot snapshot;
  snapshot.branch_id = config_.branch.id;
  snapshot.branch_name = config_.branch.name;
  snapshot.version = product_version;
  snapshot.state = state();
  snapshot.pause_reason = pause_reason_;
  snapshot.health = health();
  snapshot.started = started_;
  snapshot.last_cycle = last_cycle_;
  if (!paused_) snapshot.next_cycle = schedule_.next_cycle();
  const auto& source = extractions_.availability();
  snapshot.source.name = "operational";
  snapshot.source.up = source.up();
  snapshot.source.last_success = source.last_success();
  snapshot.source.down_since = source.down_since();
  snapshot.source.error = source.last_error();
  snapshot.source.reconnects = source.recoveries();
  for (const Place& place : places_) snapshot.targets.push_back(target_status(place));
  snapshot.cycles = counters_.cycles;
  snapshot.days_synced = counters_.days;
  snapshot.rows_synced = counters_.rows;
  snapshot.failed_days = book_.failed().size();
  snapshot.held_days = book_.held_days();
  snapshot.archived_days = archived_days();
  snapshot.pos_begins = extractions_.first_sale();
  snapshot.consecutive_failures = failed_cycles_;
  snapshot.config_generation = generation_;
  snapshot.config_error = configuration_error_;
  return snapshot;
}

DayInfo Daemon::day(Date date) const {
  DayInfo info;
  info.date = date;
  if (const auto failed = book_.failed().find(date); failed != book_.failed().end())
    info.error = failed->second;
  if (const DayBook::Hold* hold = book_.hold(date)) {
    const auto decided = holdings_.note_of(date);
    info.held = decided.empty() ? hold_text(date, hold->reason, hold->loss, hold->conflict)
                                : decided + "; it waits for a target that does not answer";
    info.loss = hold->loss;
    info.conflict = hold->conflict;
  }
  const auto first_sale = extractions_.first_sale();
  for (const Place& place : places_) {
    DayInTarget in_target;
    in_target.target = place.lane->name();
    in_target.pending = place.lane->days().contains(date);
    if (const LedgerDay* known = find_day(this->known(place), date)) {
      in_target.ledger = *known;
      in_target.closed = known->verified >= final_from(date);
      in_target.archived = first_sale && date < *first_sale && known->totals.filas != 0;
    }
    info.targets.push_back(std::move(in_target));
  }
  return info;
}

/// Of the targets' days, those before the POS's first day with sales.
std::size_t Daemon::archived_days() const {
  const auto first_sale = extractions_.first_sale();
  std::size_t most = 0;
  for (const Place& place : places_) {
    const KnownDays& days = known(place);
    const auto end =
        std::ranges::lower_bound(days, first_sale.value_or(Date::min()), {}, &LedgerDay::date);
    most = std::max(most, static_cast<std::size_t>(end - days.begin()));
  }
  return most;
}

std::vector<DayInfo> Daemon::days(const DateRange& range, std::size_t limit) const {
  const auto is_known = [](const DayInfo& info) {
    return !info.error.empty() || !info.held.empty() ||
           std::ranges::any_of(info.targets,
                               [](const DayInTarget& t) { return t.ledger || t.pending; });
  };
  std::vector<DayInfo> listed;
  const Date first = std::max(range.first, today() - farthest_back);
  for (Date date = std::min(range.last, today()); date >= first && listed.size() < limit;
       date -= std::chrono::days(1)) {
    DayInfo info = day(date);
    if (is_known(info)) listed.push_back(std::move(info));
  }
  return listed;
}

}  // namespace consolidador
