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
      request_store_(config.paths.state / "requests"),
      signals_(loop, SIGTERM, SIGINT, SIGHUP),
      watchdog_(loop),
      stop_timer_(loop) {
  book_.remember(bitacora_->last_entries(config.branch.id));
  apply_targets();
}

Daemon::~Daemon() = default;

ExitCode Daemon::run() {
  log::info("consolidadord {} starts: branch {}", product_version, config_.branch.id);
  for (Place& place : places_) spawn_workers(*place.lane, 0);
  resume_requests();
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
  while (!ended_) {  // a signal may be on its way while finish_stop() ends
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
  ended_ = true;
  signals_.cancel();
}

Task<> Daemon::feed_watchdog() {
  const auto interval = Notifier::watchdog_interval();
  while (interval && !stopping_) {
    // Not fed while anything hangs: systemd then restarts the process, which is the only way left.
    const bool hung =
        std::ranges::any_of(places_, [](const Place& place) { return place.lane->hung(); }) ||
        std::ranges::any_of(retired_, [](const auto& lane) { return lane->hung(); }) ||
        std::ranges::any_of(extractions_.workers(), [](const auto& w) { return w->hung(); });
    if (!hung) notifier_.feed_watchdog();
    watchdog_.expires_after(*interval);
    co_await watchdog_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

std::optional<std::string> Daemon::reload() {
  if (stopping_) return "the service is stopping";
  notifier_.reloading();
  try {
    Config config = parts_.load_config();
    if (config.branch.id != config_.branch.id)
      throw ConfigError(fmt::format("branch.id: cannot change from {} to {} while running; restart",
                                    config_.branch.id, config.branch.id));
    if (config.paths.state != config_.paths.state)
      throw ConfigError(
          fmt::format("paths.state: cannot change from {} to {} while running; restart",
                      config_.paths.state.string(), config.paths.state.string()));
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
    ++generation_;
    configuration_error_.clear();
    log::write(log::Level::info, {log::Event::configuration, std::nullopt, "", 0, 0},
               "configuration reloaded");
  } catch (const Error& error) {
    configuration_error_ = error.what();
    log::write(log::Level::error, {log::Event::configuration, std::nullopt, "", 0, 0},
               fmt::format("configuration not reloaded, the old one stays: {}", error.what()));
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
  tell_progress(requests_.forget_target("vps"));
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

Daemon::Place* Daemon::find(const std::string& name) {
  const auto found =
      std::ranges::find_if(places_, [&](const Place& place) { return place.lane->name() == name; });
  return found == places_.end() ? nullptr : &*found;
}

const Daemon::Place* Daemon::find(const std::string& name) const {
  return const_cast<Daemon*>(this)->find(name);
}

}  // namespace consolidador
