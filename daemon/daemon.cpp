// SPDX-License-Identifier: MIT
#include "daemon/daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "daemon/version.hpp"
#include "lib/core/log.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

// After the grace the connections are cut; a unit needs a moment to notice.
constexpr auto time_to_notice = 5s;

std::string bitacora_file(const Config& config) {
  return config.paths.logs / "bitacora_extraccion.csv";
}

}  // namespace

Daemon::Daemon(asio::io_context& loop, Timekeeper& time, const Config& config, DaemonParts parts)
    : loop_(loop),
      time_(time),
      parts_(std::move(parts)),
      config_(config),
      zone_(config.branch.time_zone),
      started_(time.now()),
      bitacora_(std::make_unique<Bitacora>(bitacora_file(config))),
      book_([this](Date date) { return still_working(date); },
            [this](const DayResult& result) { publish(result); }),
      schedule_(schedule_options(), zone_, time.now()),
      extractions_(loop, extraction_options(), parts_.backends.source(config)),
      signals_(loop, SIGTERM, SIGINT, SIGHUP),
      watchdog_(loop),
      stop_timer_(loop) {
  book_.remember(bitacora_->last_entries(config.branch.id));
  apply_targets();
}

Daemon::~Daemon() = default;

// ---- start and stop

ExitCode Daemon::run() {
  log::info("consolidadord {} starts: branch {}", product_version, config_.branch.id);
  for (Place& place : places_) spawn_workers(*place.lane, 0);
  spawn(follow_schedule());
  spawn(follow_signals());
  spawn(feed_watchdog());
  notifier_.ready();
  update_status();
  loop_.run();
  if (failure_) std::rethrow_exception(failure_);
  log::info("consolidadord has stopped");
  return ExitCode::ok;
}

/// Every coroutine is awaited: what it throws ends the process, when the last has ended so does
/// run().
void Daemon::spawn(Task<> task) {
  ++coroutines_;
  asio::co_spawn(loop_, std::move(task), [this](const std::exception_ptr& error) {
    if (error && !failure_) {
      failure_ = error;
      stop();
    }
    --coroutines_;
    if (stopping_) stop_timer_.cancel();  // finish_stop() counts again
  });
}

void Daemon::spawn_workers(Lane& lane, std::size_t first) {
  for (std::size_t i = first; i < lane.started_workers(); ++i) spawn(lane.work(i));
}

Task<> Daemon::follow_signals() {
  while (true) {
    const auto [error, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    if (signal == SIGHUP) {
      reload();
      continue;
    }
    if (stopping_) {
      log::warning("second signal: transactions are cut off now");
      stop_timer_.expires_after(0s);
      continue;
    }
    log::info("{} received", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    stop();
  }
}

void Daemon::stop() {
  if (std::exchange(stopping_, true)) return;
  notifier_.stopping();
  for (Place& place : places_) place.lane->stop();
  for (auto& lane : retired_) lane->stop();
  time_.wake();
  watchdog_.cancel();
  stop_timer_.expires_after(config_.stop.grace);
  asio::co_spawn(loop_, finish_stop(), [](const std::exception_ptr&) {});
}

/// Waits for the running transactions; after the grace cuts their connections; in the end leaves.
Task<> Daemon::finish_stop() {
  notifier_.extend_timeout(config_.stop.grace + 2 * time_to_notice);
  const auto only_signals_left = [this] { return coroutines_ <= 1; };
  for (bool cut = false;; cut = true) {
    while (!only_signals_left() && stop_timer_.expiry() > SteadyClock::now())
      co_await stop_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (only_signals_left()) break;
    if (cut) {
      log::error("a worker does not end; leaving without it");
      std::_Exit(static_cast<int>(ExitCode::ok));
    }
    for (Place& place : places_) place.lane->interrupt();
    for (auto& lane : retired_) lane->interrupt();
    for (auto& worker : extractions_.workers()) worker->interrupt();
    stop_timer_.expires_after(time_to_notice);
  }
  signals_.cancel();
}

Task<> Daemon::feed_watchdog() {
  const auto interval = Notifier::watchdog_interval();
  while (interval && !stopping_) {
    // Not fed while anything hangs: systemd then restarts the process, which is the only way left.
    const bool hung =
        std::ranges::any_of(places_, [](const Place& place) { return place.lane->hung(); }) ||
        std::ranges::any_of(extractions_.workers(), [](const auto& w) { return w->hung(); });
    if (!hung) notifier_.feed_watchdog();
    watchdog_.expires_after(*interval);
    co_await watchdog_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

// ---- the schedule

Task<> Daemon::follow_schedule() {
  while (!stopping_) {
    const auto now = time_.now();
    const Due due = schedule_.take(now);
    if (due.closing) start_closing();
    if (due.cycle) start_cycle();
    if (due.verify) start_verification();
    update_status();
    co_await time_.wait_until(schedule_.next(now));
  }
}

void Daemon::start_cycle() {
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
    for (const auto& [date, error] : book_.failed())
      if (date < window.front()) lane.add({date, Priority::requested, JobKind::sync});
  }
  if (cycle_->open.empty()) end_cycle();
}

void Daemon::start_closing() {
  log::info("closing pass: every ended day is audited");
  plan_all();
}

void Daemon::start_verification() {
  const Date last = today() - std::chrono::days(config_.window.reprocess_days + 1);
  for (Place& place : places_)
    if (place.lane->availability().up() && place.verify_from <= last)
      place.lane->find_least_verified({place.verify_from, last});
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
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - cycle.started);
  if (cycle.days != 0)
    log::info("cycle: {} days, {} changed, {} in ERROR, {} ms; {}", cycle.days, cycle.changed,
              cycle.failed, took.count(), status_line());
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
    beat.reasons = fmt::format("{}", fmt::join(verdict.reasons, "; ")).substr(0, 400);
    beat.pending_days = place.late.size();
    if (!place.late.empty()) beat.oldest_pending = *place.late.begin();
    if (!place.known.empty()) beat.last_audited = place.known.back().date;
    beat.version = product_version;
    place.lane->beat(beat);
  }
}

// ---- days

void Daemon::plan_all() {
  for (Place& place : places_)
    place.lane->read_ledger({parse_date("1900-01-01"), today() + std::chrono::days(1)});
}

PlanInput Daemon::plan_input() const {
  PlanInput input;
  input.today = today();
  input.historical = config_.historical;
  input.now = time_.now();
  // The closing pass of the next day is when a day is looked at for good; sales may come late.
  input.final_from = [this](Date date) {
    return zone_.instant_at(date + std::chrono::days(1), config_.schedule.close_at);
  };
  return input;
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
  place->known = known_days(days);
  place->ledger_known = true;
  for (Place& each : places_)
    if (each.ledger_known) plan_for(each);
  update_status();
}

void Daemon::least_verified(const std::string& target, std::vector<Date> days) {
  if (Place* place = find(target))
    for (const Date date : days) place->lane->add({date, Priority::verification, JobKind::verify});
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
}

void Daemon::lane_down(const std::string& target) {
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
  }
  if (cycle_ && cycle_->open.contains({report.target, report.task.date})) {
    ++cycle_->days;
    if (report.error) ++cycle_->failed;
    if (report.outcome && report.outcome->action != DayAction::unchanged) ++cycle_->changed;
  }
  book_.add(report);
  close_cycle_for(report.target, report.task.date);
}

void Daemon::note_in_ledger(Place& place, const DayReport& report) {
  const Date date = report.task.date;
  place.late.erase(date);
  if (config_.dry_run) return;
  const bool audited =
      report.task.kind == JobKind::verify || report.outcome->action != DayAction::unchanged;
  if (!audited) return;
  note_day(place.known,
           {date, report.totals->huella, static_cast<std::uint32_t>(report.totals->filas),
            std::chrono::floor<std::chrono::seconds>(time_.now())});
}

/// A day that was closed has changed at the source: somebody should know, in units and money.
void Daemon::report_late_change(const DayReport& report) const {
  const TargetOutcome& outcome = *report.outcome;
  const bool old = report.task.date < today() - std::chrono::days(config_.window.reprocess_days);
  if (!old || outcome.action == DayAction::unchanged || outcome.action == DayAction::created)
    return;
  const DayTotals& before = outcome.before.ledger.value_or(outcome.before.actual);
  log::warning("{} {}: a closed day was {}: units {} to {}, sales {} to {} (difference {})",
               to_string(report.task.date), report.target,
               outcome.action == DayAction::repaired ? "repaired" : "changed in the POS",
               before.unidades.to_string(), report.totals->unidades.to_string(),
               before.venta.to_string(), report.totals->venta.to_string(),
               (report.totals->venta - before.venta).to_string());
}

bool Daemon::still_working(Date date) const {
  return std::ranges::any_of(places_, [&](const Place& place) {
    return place.lane->availability().up() && place.lane->has(date);
  });
}

void Daemon::publish(const DayResult& result) {
  if (result.ok())
    log::info("{}", describe(result));
  else
    log::error("{}: {}", to_string(result.date), result.error);
  if (config_.dry_run) return;
  try {
    bitacora_->append(bitacora_entry(result, config_.branch.id, time_.now()));
  } catch (const Error& error) {
    log::error("{}", error.what());  // the day itself is safe; its line is lost
  }
}

// ---- configuration

std::optional<std::string> Daemon::reload() {
  notifier_.reloading();
  try {
    Config config = parts_.load_config();
    if (config.branch.id != config_.branch.id)
      throw ConfigError(fmt::format("branch.id: cannot change from {} to {} while running; restart",
                                    config_.branch.id, config.branch.id));
    const TimeZone zone(config.branch.time_zone);
    auto bitacora = std::make_unique<Bitacora>(bitacora_file(config));
    parts_.start_logging(config);
    config_ = std::move(config);
    zone_ = zone;
    bitacora_ = std::move(bitacora);
    schedule_ = Schedule(schedule_options(), zone_, time_.now());
    extractions_.replace(extraction_options(), parts_.backends.source(config_));
    apply_targets();
    plan_all();
    configuration_error_.clear();
    log::info("configuration reloaded");
  } catch (const Error& error) {
    configuration_error_ = error.what();
    log::error("configuration not reloaded, the old one stays: {}", error.what());
  }
  time_.wake();
  update_status();
  notifier_.ready();
  if (configuration_error_.empty()) return std::nullopt;
  return configuration_error_;
}

void Daemon::apply_targets() {
  std::erase_if(retired_, [](const auto& lane) { return lane->ended(); });
  add_place("local");
  if (!config_.local_only) {
    add_place("vps");
    return;
  }
  const auto gone =
      std::ranges::find_if(places_, [](const Place& place) { return place.lane->name() == "vps"; });
  if (gone == places_.end()) return;
  close_cycle_for("vps", std::nullopt);
  gone->lane->stop();
  retired_.push_back(std::move(gone->lane));
  places_.erase(gone);
}

/// Makes the place, or gives the one that is there its new configuration.
void Daemon::add_place(const std::string& name) {
  auto target = parts_.backends.target(config_, name);
  if (Place* place = find(name)) {
    const std::size_t before = place->lane->started_workers();
    place->lane->replace(lane_options(), std::move(target));
    spawn_workers(*place->lane, before);
    return;
  }
  Place place;
  place.lane = std::make_unique<Lane>(loop_, name, lane_options(), std::move(target), extractions_,
                                      static_cast<LaneListener&>(*this));
  places_.push_back(std::move(place));
  if (coroutines_ != 0) spawn_workers(*places_.back().lane, 0);  // else run() does
}

LaneOptions Daemon::lane_options() const {
  return {config_.pool.size, config_.timeouts.unit, config_.retry.backoff, config_.dry_run};
}

ExtractionOptions Daemon::extraction_options() const {
  return {config_.branch.id,
          {config_.audit.enabled, config_.audit.tolerance},
          config_.timeouts.unit,
          config_.retry.backoff,
          config_.pool.size};
}

ScheduleOptions Daemon::schedule_options() const {
  return {config_.schedule.every, config_.schedule.close_at, config_.verification.days_per_hour,
          config_.branch.id};
}

// ---- what people see

HealthVerdict Daemon::health() const {
  HealthInput input;
  input.now = time_.now();
  input.started = started_;
  input.today = today();
  const auto& source = extractions_.availability();
  input.places.push_back({"operational", source.last_success(), source.last_error(), 0, {}});
  for (const Place& place : places_) {
    const auto& availability = place.lane->availability();
    std::optional<Date> oldest;
    if (!place.late.empty()) oldest = *place.late.begin();
    input.places.push_back({place.lane->name(), availability.last_success(),
                            availability.last_error(), place.late.size(), oldest});
  }
  input.failed_days = book_.failed().size();
  if (!book_.failed().empty())
    input.first_failure = fmt::format("{}: {}", to_string(book_.failed().begin()->first),
                                      book_.failed().begin()->second);
  input.configuration_error = configuration_error_;
  input.degraded_after = config_.health.degraded_after;
  input.failing_after = config_.health.failing_after;
  return judge(input);
}

std::size_t Daemon::pending(const std::string& target) const {
  const Place* place = find(target);
  return place ? place->lane->queue().size() + place->lane->running().size() : 0;
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
  const HealthVerdict verdict = health();
  const auto text =
      fmt::format("{}: {}", to_string(verdict.health), fmt::join(verdict.reasons, "; "));
  if (verdict.reasons.empty() && !last_health_.empty() && last_health_ != text)
    log::info("health is ok again");
  else if (!verdict.reasons.empty() && last_health_.substr(0, 4) != text.substr(0, 4))
    log::warning("health is {}", text);
  last_health_ = text;
  notifier_.status(status_line());
}

Daemon::Place* Daemon::find(const std::string& name) {
  const auto found =
      std::ranges::find_if(places_, [&](const Place& place) { return place.lane->name() == name; });
  return found == places_.end() ? nullptr : &*found;
}

const Daemon::Place* Daemon::find(const std::string& name) const {
  return const_cast<Daemon*>(this)->find(name);
}

}  // namespace consolidador
