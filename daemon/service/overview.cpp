// SPDX-License-Identifier: MIT
#include "daemon/service/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/lanes/day_text.hpp"
#include "daemon/version.hpp"
#include "lib/core/log.hpp"

namespace consolidador {
namespace {

using namespace std::chrono;

constexpr const char* source_name = "operational";

PlaceStatus target_status(Place& place) {
  PlaceStatus status = place_status(place.status(), place.lane().availability());
  const Errands& errands = place.lane().errands();
  status.rows_to_come = errands.rows_to_come();
  status.overwritten = errands.overwritten_lately();
  status.silence = errands.silence();
  status.late_since = place.late_since();
  return status;
}

}  // namespace

HealthVerdict Overview::health() const {
  const Config& config = parts_.branch.config();
  HealthInput input;
  input.now = parts_.branch.now();
  input.started = parts_.standing.started;
  input.today = parts_.branch.today();
  input.writing_doubt = parts_.holdings.writing_doubt().value_or("");
  input.paused = parts_.standing.paused.has_value();
  input.pause_reason = parts_.standing.paused.value_or("");
  input.dry_run = config.dry_run;
  const auto& source = parts_.extractions.availability();
  input.places.push_back(place_status(connection_status(source_name, source), source));
  input.places.back().is_source = true;
  const bool verifies = config.verification.days_per_hour != 0 && !config.dry_run;
  for (Place& place : parts_.places) {
    input.places.push_back(target_status(place));
    if (verifies && place.has_old_days()) input.places.back().verified = place.verified();
  }
  for (PlaceStatus& place : input.places)
    place.first_seen = std::min(input.started, parts_.store.first_seen(place.name, input.now));
  add_days(input, parts_.book);
  input.bitacora_problem = parts_.bitacora.problem();
  input.state_problem = parts_.store.problem();
  input.configuration_error = parts_.standing.configuration_error;
  input.starting_for = ceil<seconds>(2 * config.schedule.every);
  input.degraded_after = config.health.degraded_after;
  input.failing_after = config.health.failing_after;
  input.history_wait = parts_.extractions.history_wait();
  return judge(input);
}

StatusSnapshot Overview::status() const {
  const Standing& standing = parts_.standing;
  StatusSnapshot status;
  status.branch_id = parts_.branch.id();
  status.branch_name = parts_.branch.config().branch.name;
  status.version = product_version;
  status.state = state_of(standing, parts_.places.idle());
  status.pause_reason = standing.paused.value_or("");
  status.modes = modes_of(parts_.branch.config());
  status.health = health();
  status.started = standing.started;
  status.last_cycle = standing.last_cycle;
  if (!standing.paused) status.next_cycle = parts_.schedule.next_cycle();
  status.source = connection_status(source_name, parts_.extractions.availability());
  status.targets = targets();
  status.cycles = standing.cycles;
  status.days_synced = standing.days;
  status.rows_synced = standing.rows;
  status.failed_days = parts_.book.failed().size();
  status.held_days = parts_.book.held_days();
  status.rejected_days = parts_.book.rejected().size();
  status.rejected_rows = parts_.book.rejected_rows();
  status.pos_begins = parts_.extractions.first_sale();
  status.archived_days = parts_.places.archived(status.pos_begins);
  status.consecutive_failures = standing.failed_cycles;
  status.config_generation = standing.generation;
  status.config_error = standing.configuration_error;
  return status;
}

std::vector<TargetStatus> Overview::targets() const {
  const auto troubled = parts_.book.troubled();
  std::vector<TargetStatus> targets;
  for (const Place& place : parts_.places) targets.push_back(place.status(troubled));
  return targets;
}

DayInfo Overview::day(Date date) const {
  DayInfo info;
  info.date = date;
  info.to_come = date > parts_.branch.today();
  const auto& failed = parts_.book.failed();
  if (const auto found = failed.find(date); found != failed.end()) info.error = found->second;
  if (const DayBook::Hold* hold = parts_.book.hold(date)) {
    const auto decided = parts_.holdings.decisions().text(date);
    info.held = decided.empty() ? hold_text(date, hold->reason, hold->loss, hold->conflict)
                                : decided + "; it waits for a target that does not answer";
    info.loss = hold->loss;
    info.conflict = hold->conflict;
  }
  const auto& rejected = parts_.book.rejected();
  if (const auto found = rejected.find(date); found != rejected.end())
    info.rejected = found->second;
  const auto first_sale = parts_.extractions.first_sale();
  for (const Place& place : parts_.places) info.targets.push_back(place.day(date, first_sale));
  info.waits = waits(date);
  return info;
}

/// While the clock is in doubt no day but today's is tried: no failure of its own says why.
std::string Overview::waits(Date date) const {
  std::map<std::string, std::string> places;  // that wait, by what for
  for (const Outstanding& one : parts_.places.outstanding(date)) {
    if (one.closed) continue;  // it is only to be looked at again
    const auto why = one.why.empty() ? parts_.holdings.writing_doubt().value_or("") : one.why;
    if (why.empty()) continue;
    std::string& names = places[why];
    names += (names.empty() ? "" : ", ") + one.target;
  }
  std::string text;
  for (const auto& [why, names] : places)
    text += fmt::format("{}not in {} yet: {}", text.empty() ? "" : "; ", names, why);
  return text;
}

std::vector<DayInfo> Overview::days(const DateRange& range, std::size_t limit) const {
  std::vector<DayInfo> listed;
  const Date today = parts_.branch.today();
  const Date first = std::max(range.first, today - farthest_back);
  for (Date date = std::min(range.last, today); date >= first && listed.size() < limit;
       date -= std::chrono::days(1)) {
    DayInfo info = day(date);
    if (is_known(info)) listed.push_back(std::move(info));
  }
  return listed;
}

void Overview::update() {
  const StatusSnapshot now = status();
  if (const Health before = std::exchange(last_health_, now.health.health);
      before != now.health.health) {
    const bool ok = now.health.health == Health::ok;
    log::write(ok ? log::Level::info : log::Level::warning,
               {log::Event::health, std::nullopt, "", 0, 0},
               fmt::format("health is {}{}{}", to_string(now.health.health),
                           ok ? before == Health::starting ? "" : " again" : ": ",
                           fmt::join(now.health.reasons, "; ")));
    parts_.audience->health_changed(now.health);
    tell_of_change();
  }
  keep_ages();
  parts_.notifier.status(status_line(now));
  parts_.audience->status_changed();
}

/// Head office, too, but at most once a minute: the next heartbeat tells the rest.
void Overview::tell_of_change() {
  const auto now = parts_.branch.now();
  if (told_of_change_ <= now && now - told_of_change_ < minutes(1)) return;
  told_of_change_ = now;
  send_heartbeats();
}

void Overview::keep_ages(bool at_once) {
  StandingStore::PlaceAges ages;
  ages[source_name] = {parts_.extractions.availability().last_success()};
  for (const Place& place : parts_.places)
    ages[place.name()] = {
        place.lane().availability().last_success(), place.lane().retries().since(),
        place.has_old_days() ? std::optional(place.verified()) : std::nullopt, place.late_since()};
  parts_.store.keep(ages, parts_.branch.now(), at_once);
}

void Overview::send_heartbeats() {
  Heartbeat heartbeat = heartbeat_of(health(), parts_.book, modes_of(parts_.branch.config()),
                                     parts_.standing.paused.has_value());
  heartbeat.archived = parts_.places.archived(parts_.extractions.first_sale());
  heartbeat.last_audited = audited_everywhere(targets());
  for (Place& place : parts_.places) place.beat(heartbeat);
}

}  // namespace consolidador
