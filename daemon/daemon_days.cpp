// SPDX-License-Identifier: MIT
// Daemon: cycles, planning, and what becomes of the days.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/daemon.hpp"
#include "daemon/version.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

// As many as the heartbeat's columns take.
constexpr std::size_t told_failures = 40;
constexpr std::size_t longest_reasons = 400;

}  // namespace

Task<> Daemon::follow_schedule() {
  while (!stopping_) {
    const auto now = time_.now();
    const Due due = schedule_.take(now);
    keep_hours();
    if (due.closing) start_closing();
    if (due.cycle) start_cycle();
    if (due.verify) start_verification();
    update_status();
    co_await time_.wait_until(schedule_.next(now));
  }
}

/// Old days are read from the POS at the configured hours only.
void Daemon::keep_hours() {
  const auto& hours = config_.extraction.hours;
  const auto time = std::chrono::floor<std::chrono::minutes>(zone_.time_of_day_at(time_.now()));
  extractions_.gate().shut(hours && !hours->contain(time));
  extractions_.changed().notify();
}

void Daemon::start_cycle() {
  if (paused_) return;
  const Date day = today();
  const auto window = days_to_sync(day, config_.window.reprocess_days, std::nullopt);
  if (cycle_)
    send_heartbeats();  // somebody does not answer, and it is held up: head office should know
  else
    cycle_ = Cycle{SteadyClock::now(), {}, 0, 0, 0};
  for (Place& place : places_) {
    Lane& lane = *place.lane;
    lane.keep_confirmed_from(window.front());
    for (const Date date : window) {
      lane.add({date, date == day ? Priority::today : Priority::window, JobKind::sync});
      if (lane.availability().up()) cycle_->open.emplace(lane.name(), date);
    }
    // Not as requested: nobody has asked for it, and so it must not empty a purged day.
    for (const auto& [date, error] : book_.failed())
      if (date < window.front()) lane.add({date, Priority::historical, JobKind::sync});
  }
  if (cycle_->open.empty()) end_cycle();
}

void Daemon::start_closing() {
  log::info("closing pass: every ended day is audited");
  plan_all();
}

/// The least verified day that is not in ERROR: such a day is tried in every cycle anyway, and
/// would keep the others from their turn.
void Daemon::start_verification() {
  const auto candidates = static_cast<unsigned>(book_.failed().size() + 1);
  const Date last = today() - std::chrono::days(config_.window.reprocess_days + 1);
  for (Place& place : places_)
    if (place.lane->availability().up() && place.verify_from <= last)
      place.lane->find_least_verified({place.verify_from, last}, candidates);
}

void Daemon::close_cycle_for(const std::string& target, std::optional<Date> date) {
  if (!cycle_ || cycle_->open.empty()) return;
  std::erase_if(cycle_->open, [&](const auto& entry) {
    return entry.first == target && (!date || entry.second == *date);
  });
  if (cycle_->open.empty()) end_cycle();
}

void Daemon::end_cycle() {
  const Cycle cycle = *std::exchange(cycle_, std::nullopt);
  ++counters_.cycles;
  last_cycle_ = time_.now();
  const bool lane_down = std::ranges::any_of(
      places_, [](const Place& place) { return !place.lane->availability().up(); });
  failed_cycles_ = cycle.failed != 0 || lane_down ? failed_cycles_ + 1 : 0;
  if (listener_) listener_->cycle_finished(counters_.cycles, cycle.changed, cycle.failed);
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - cycle.started);
  if (cycle.days != 0)
    log::write(log::Level::info, {log::Event::cycle, std::nullopt, "", 0, 0},
               fmt::format("cycle: {} days, {} changed, {} in ERROR, {} ms; {}", cycle.days,
                           cycle.changed, cycle.failed, took.count(), status_line()));
  send_heartbeats();
  update_status();
}

void Daemon::send_heartbeats() {
  const HealthVerdict verdict = health();
  for (Place& place : places_) {
    Heartbeat beat;
    beat.salud = verdict.health == Health::ok         ? "ok"
                 : verdict.health == Health::degraded ? "degradada"
                                                      : "fallando";
    beat.reasons =
        shortened(one_line(fmt::format("{}", fmt::join(verdict.reasons, "; "))), longest_reasons);
    beat.pending_days = place.late.size();
    if (!place.late.empty()) beat.oldest_pending = *place.late.begin();
    for (const auto& [date, error] : book_.failed())
      if (beat.failed.size() < told_failures) beat.failed.push_back(date);
    if (!place.known.empty()) beat.last_audited = place.known.back().date;
    beat.version = product_version;
    place.lane->beat(beat);
  }
}

void Daemon::plan_all() {
  for (Place& place : places_)
    place.lane->read_ledger({parse_date("1900-01-01"), today() + std::chrono::days(1)});
}

PlanInput Daemon::plan_input() const {
  PlanInput input;
  input.today = today();
  input.historical = config_.historical;
  input.now = time_.now();
  input.final_from = [this](Date date) { return final_from(date); };
  return input;
}

/// The closing pass of the next day is when a day is looked at for good; sales may come late.
Timekeeper::Instant Daemon::final_from(Date date) const {
  return zone_.instant_at(date + std::chrono::days(1), config_.schedule.close_at);
}

void Daemon::plan_for(Place& place) {
  const Place* other = nullptr;
  for (const Place& candidate : places_)
    if (&candidate != &place && candidate.ledger_known) other = &candidate;
  const auto days = plan(place.known, other ? other->known : KnownDays{}, plan_input());
  place.late.clear();
  for (const PlannedDay& day : days) {
    place.lane->add(day.task);
    if (day.late) place.late.insert(day.task.date);
  }
  if (!days.empty())
    log::info("{}: {} days to catch up, from {} to {}", place.lane->name(), days.size(),
              to_string(days.front().task.date), to_string(days.back().task.date));
}

void Daemon::ledger_read(const std::string& target, std::vector<LedgerDay> days) {
  Place* place = find(target);
  if (!place) return;
  place->known = std::move(days);
  place->ledger_known = true;
  for (Place& each : places_)
    if (each.ledger_known) plan_for(each);
  update_status();
}

void Daemon::least_verified(const std::string& target, std::vector<Date> days) {
  Place* place = find(target);
  const auto next =
      std::ranges::find_if(days, [this](Date date) { return !book_.failed().contains(date); });
  if (place && next != days.end())
    place->lane->add({*next, Priority::verification, JobKind::verify});
}

bool Daemon::wanted_elsewhere(const std::string& target, const Extractions::AtHand& day) {
  return std::ranges::any_of(places_, [&](const Place& place) {
    return place.lane->name() != target && place.lane->wants(day);
  });
}

void Daemon::day_purged(const std::string& target, Date date) {
  Place* place = find(target);
  if (!place || date < place->verify_from) return;
  place->verify_from = date + std::chrono::days(1);
  log::info("{}: the POS no longer has {}; verification begins after it", target, to_string(date));
}

void Daemon::lane_up(const std::string& target) {
  if (Place* place = find(target))
    place->lane->read_ledger({parse_date("1900-01-01"), today() + std::chrono::days(1)});
  send_heartbeats();
  update_status();
  if (listener_) listener_->target_up(target);
}

void Daemon::lane_down(const std::string& target) {
  if (const Place* place = find(target); place && listener_)
    listener_->target_down(target, place->lane->availability().last_error());
  close_cycle_for(target, std::nullopt);
  book_.flush();
  update_status();
}

void Daemon::day_done(const DayReport& report) {
  Place* place = find(report.target);
  if (!place) return;
  if (report.outcome) {
    ++counters_.days;
    counters_.rows += report.outcome->written;
    note_in_ledger(*place, report);
    report_late_change(report);
    if (listener_ && report.outcome->action != DayAction::unchanged)
      listener_->day_synced(report.task.date, report.target, *report.totals,
                            std::string(english(report.outcome->action)));
  }
  if (cycle_ && cycle_->open.contains({report.target, report.task.date})) {
    ++cycle_->days;
    if (report.error) ++cycle_->failed;
    if (report.outcome && report.outcome->action != DayAction::unchanged) ++cycle_->changed;
  }
  book_.add(report);
  tell_progress(requests_.day_done(report));
  close_cycle_for(report.target, report.task.date);
}

void Daemon::note_in_ledger(Place& place, const DayReport& report) {
  const Date date = report.task.date;
  note_caught_up(place, date);
  if (config_.dry_run) return;
  const bool audited =
      report.task.kind == JobKind::verify || report.outcome->action != DayAction::unchanged;
  if (!audited) return;
  note_day(place.known, ledger_after(find_day(place.known, date), *report.outcome, date,
                                     *report.totals, time_.now()));
}

void Daemon::note_caught_up(Place& place, Date date) {
  place.caught_up += place.late.erase(date);
  if (!place.late.empty() || place.caught_up == 0) return;
  log::info("{}: caught up with {} ended days; none is pending", place.lane->name(),
            std::exchange(place.caught_up, 0));
}

/// A day that was closed has changed at the source: somebody should know, in units and money.
void Daemon::report_late_change(const DayReport& report) const {
  const TargetOutcome& outcome = *report.outcome;
  const bool old = report.task.date < today() - std::chrono::days(config_.window.reprocess_days);
  if (!old || outcome.action == DayAction::unchanged || outcome.action == DayAction::created)
    return;
  const DayTotals& before = outcome.before.ledger.value_or(outcome.before.actual);
  log::write(
      log::Level::warning, {log::Event::closed_day_changed, report.task.date, report.target, 0, 0},
      fmt::format("{} {}: a closed day was {}: units {} to {}, sales {} to {} (difference {})",
                  to_string(report.task.date), report.target,
                  outcome.action == DayAction::repaired ? "repaired" : "changed in the POS",
                  before.unidades.to_string(), report.totals->unidades.to_string(),
                  before.venta.to_string(), report.totals->venta.to_string(),
                  (report.totals->venta - before.venta).to_string()));
}

bool Daemon::still_working(Date date) const {
  return std::ranges::any_of(places_, [&](const Place& place) {
    return place.lane->availability().up() && place.lane->has(date);
  });
}

void Daemon::publish(const DayResult& result) {
  if (result.ok())
    log::write(log::Level::info, {log::Event::day_synced, result.date, "", 0, 0}, describe(result));
  else
    log::write(log::Level::error, {log::Event::day_failed, result.date, "", 0, 0},
               fmt::format("{}: {}", to_string(result.date), result.error));
  if (listener_ && !result.ok()) listener_->day_failed(result.date, result.error);
  if (config_.dry_run) return;
  try {
    bitacora_->append(bitacora_entry(result, config_.branch.id, time_.now()));
  } catch (const Error& error) {
    log::error("{}", error.what());  // the day itself is safe; its line is lost
  }
}

}  // namespace consolidador
