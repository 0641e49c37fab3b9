// SPDX-License-Identifier: MIT
// Daemon: cycles, planning, and what becomes of the days.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/lanes/day_text.hpp"
#include "daemon/service/daemon.hpp"
#include "daemon/version.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

// As many as the heartbeat's columns take.
constexpr std::size_t told_failures = 40;
constexpr std::size_t longest_reasons = 400;
// As far back as head office's calendar goes.
constexpr std::ptrdiff_t told_holds = 400;

using log::Fields;

log::Event event_of(const DayResult& result) {
  switch (result.estado()) {
    case Estado::error:
      return log::Event::day_failed;
    case Estado::held:
      return log::Event::day_held;
    default:
      return log::Event::day_synced;
  }
}

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
    for (const Date date : days_in_trouble())
      if (date < window.front()) lane.add({date, Priority::historical, JobKind::sync});
  }
  if (cycle_->open.empty()) end_cycle();
}

/// In ERROR or held: looked at in every cycle, until the POS has what it should have.
std::set<Date> Daemon::days_in_trouble() const {
  std::set<Date> days = book_.suspects();
  for (const auto& [date, error] : book_.failed()) days.insert(date);
  for (const Date date : book_.held()) days.insert(date);
  return days;
}

void Daemon::start_closing() {
  log::info("closing pass: every ended day is audited");
  plan_all();
}

/// The least verified day of each target. Days in trouble are looked at in every cycle anyway; they
/// and those that could not be proven must not keep the others from their turn.
void Daemon::start_verification() {
  const auto troubled = days_in_trouble().size();
  const Date last = today() - std::chrono::days(config_.window.reprocess_days + 1);
  for (Place& place : places_)
    if (place.lane->availability().up()) {
      const auto candidates = static_cast<unsigned>(troubled + place.unproven.size() + 1);
      place.lane->errands().find_least_verified({parse_date("1900-01-01"), last}, candidates);
    }
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
    if (!known(place).empty()) beat.last_audited = known(place).back().date;
    const auto held = book_.held();  // of very many the newest
    beat.held.assign(held.end() - std::min<std::ptrdiff_t>(std::ssize(held), told_holds),
                     held.end());
    beat.archived = archived_days();
    beat.machine = this_machine();
    beat.version = product_version;
    place.lane->errands().beat(beat);
  }
}

void Daemon::plan_all() {
  for (Place& place : places_) place.lane->errands().read_ledger();
}

PlanInput Daemon::plan_input() const {
  PlanInput input;
  input.today = today();
  input.historical = config_.historical;
  input.first_sale = extractions_.first_sale();
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
    if (&candidate != &place && holdings_.is_known(candidate.lane->name())) other = &candidate;
  const auto days = plan(known(place), other ? known(*other) : KnownDays{}, plan_input());
  const auto late_before = std::exchange(place.late, {});
  for (const PlannedDay& day : days) {
    place.lane->add(day.task);
    if (day.late) place.late.insert(day.task.date);
  }
  for (const Date date : late_before)
    if (!place.late.contains(date)) place.lane->drop(date, Priority::historical);
  if (!days.empty())
    log::info("{}: {} days to catch up, from {} to {}", place.lane->name(), days.size(),
              to_string(days.front().task.date), to_string(days.back().task.date));
}

void Daemon::plan_known() {
  for (Place& each : places_)
    if (holdings_.is_known(each.lane->name())) plan_for(each);
}

void Daemon::ledger_read(const std::string& target) {
  if (!find(target)) return;
  plan_known();
  for (Place& each : places_)
    for (const Date date : holdings_.vanished())
      each.lane->add({date, Priority::historical, JobKind::sync});
  if (std::ranges::all_of(places_, [](const Place& place) { return place.late.empty(); }))
    look_at_oldest_day();
  update_status();
}

/// Where the POS has purged it, its horizon is found by that.
void Daemon::look_at_oldest_day() {
  const Date oldest = holdings_.oldest();
  if (oldest < today() - std::chrono::days(config_.window.reprocess_days))
    places_.front().lane->add({oldest, Priority::historical, JobKind::verify});
}

void Daemon::least_verified(const std::string& target, std::vector<Date> days) {
  Place* place = find(target);
  if (!place) return;
  const auto troubled = days_in_trouble();
  const auto next = std::ranges::find_if(
      days, [&](Date date) { return !troubled.contains(date) && !place->unproven.contains(date); });
  if (next != days.end())
    place->lane->add({*next, Priority::verification, JobKind::verify});
  else
    place->unproven.clear();  // all have had their turn
}

void Daemon::lane_up(const std::string& target) {
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
    note_decision(report);
    if (listener_ && is_change(report.outcome->action))
      listener_->day_synced(report.task.date, report.target, *report.totals,
                            std::string(english(report.outcome->action)));
  }
  if (cycle_ && cycle_->open.contains({report.target, report.task.date})) {
    ++cycle_->days;
    if (report.error) ++cycle_->failed;
    if (report.outcome && is_change(report.outcome->action)) ++cycle_->changed;
  }
  const auto held = book_.held_days();
  book_.add(report);
  if (book_.held_days() != held && !cycle_) send_heartbeats();
  tell_of_purge();
  tell_progress(requests_.day_done(report));
  check_decisions(report);
  close_cycle_for(report.target, report.task.date);
}

void Daemon::note_in_ledger(Place& place, const DayReport& report) {
  const Date date = report.task.date;
  const TargetOutcome& outcome = *report.outcome;
  const bool lacking = outcome.action == DayAction::postponed ||
                       (outcome.action == DayAction::archived && !outcome.before.intact());
  if (!lacking) note_caught_up(place, date);
  if (outcome.recorded) {
    place.unproven.erase(date);
    holdings_.note_written(report.target,
                           ledger_after(find_day(known(place), date), outcome, date, time_.now()));
  } else if (report.task.priority == Priority::verification) {
    place.unproven.insert(date);
  }
  note_seen(report);
}

/// A ledger that was changed by hand under a living connection.
void Daemon::note_seen(const DayReport& report) {
  const TargetOutcome& outcome = *report.outcome;
  const LedgerDay* known = find_day(holdings_.days(report.target), report.task.date);
  if (outcome.recorded || !known) return;
  if (!outcome.before.ledger) {
    if (outcome.action != DayAction::unchanged)  // that may not have been looked at
      holdings_.learn(report.target, report.task.date, {});
    return;
  }
  if (known->totals == *outcome.before.ledger) return;
  LedgerDay seen = *known;
  seen.totals = *outcome.before.ledger;
  seen.revision = outcome.before.revision;
  holdings_.note_written(report.target, seen);
}

/// The POS has lost its oldest days: nobody has to act, but somebody should know.
void Daemon::tell_of_purge() {
  const auto first_sale = extractions_.first_sale();
  if (!first_sale || told_first_sale_ == first_sale) return;
  told_first_sale_ = first_sale;
  plan_known();  // what the POS never had is not late
  const auto archived = archived_days();
  if (archived == 0) return;
  log::write(log::Level::warning, {log::Event::pos_begins_later, *first_sale, "", 0, 0},
             fmt::format("the POS has no sales before {}: the {} older days in the targets are "
                         "archived; from now on they are proven between local and VPS",
                         to_string(*first_sale), archived));
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
  if (!old || !is_change(outcome.action) || outcome.action == DayAction::created ||
      outcome.action == DayAction::copied)
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
    return place.lane->availability().up() && place.lane->days().contains(date);
  });
}

/// Who has decided it is known here only.
void Daemon::note_decision(const DayReport& report) {
  const bool decided =
      report.outcome->action == DayAction::approved ||
      (report.task.kind == JobKind::restore && report.outcome->action == DayAction::copied);
  if (decided) book_.note(report.task.date, holdings_.note_of(report.task.date));
}

void Daemon::publish(const DayResult& result) {
  const Fields fields{event_of(result), result.date, "", 0, 0};
  if (result.estado() == Estado::error)
    log::write(log::Level::error, fields,
               fmt::format("{}: {}", to_string(result.date), result.error));
  else if (result.estado() == Estado::held)
    log::write(log::Level::warning, fields,
               fmt::format("{} held: {}", to_string(result.date), result.hold));
  else
    log::write(log::Level::info, fields,
               describe(result) + (result.released ? "; its hold has ended" : ""));
  if (listener_ && result.estado() == Estado::error)
    listener_->day_failed(result.date, result.error);
  if (listener_ && result.estado() == Estado::held) listener_->day_held(result.date, result.hold);
  if (config_.dry_run) return;
  try {
    bitacora_->append(bitacora_entry(result, config_.branch.id, time_.now()));
  } catch (const Error& error) {
    log::error("{}", error.what());  // the day itself is safe; its line is lost
  }
}

}  // namespace consolidador
