// SPDX-License-Identifier: MIT
#include "daemon/service/daemon.hpp"

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

}  // namespace

Daemon::Daemon(asio::io_context& loop, Timekeeper& time, const Config& config, DaemonParts parts)
    : loop_(loop),
      time_(time),
      parts_(std::move(parts)),
      config_(config),
      zone_(config.branch.time_zone),
      started_(time.now()),
      bitacora_(std::make_unique<Bitacora>(config.paths.bitacora())),
      book_([this](Date date) { return still_working(date); },
            [this](const DayResult& result) { publish(result); }),
      schedule_(schedule_options(), zone_, time.now()),
      holdings_(config.branch.id, lock_options(config), [this] { return today(); }),
      extractions_(loop, extraction_options(), parts_.backends.source(config), holdings_),
      request_store_(config.paths.state / "requests"),
      signals_(loop, SIGTERM, SIGINT, SIGHUP),
      watchdog_(loop),
      stop_timer_(loop) {
  book_.remember(bitacora_->last_entries(config.branch.id));
  apply_targets(make_targets(config_));
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
  for (std::size_t i = first; i < lane.workers().size(); ++i) spawn(lane.work(i));
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
  asio::co_spawn(loop_, finish_stop(), [this](const std::exception_ptr& error) {
    if (!error) return;
    failure_ = error;
    loop_.stop();
  });
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
    for (Place& place : places_) place.lane->workers().interrupt();
    for (auto& lane : retired_) lane->workers().interrupt();
    extractions_.workers().interrupt();
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
        std::ranges::any_of(places_,
                            [](const Place& place) { return place.lane->workers().hung(); }) ||
        std::ranges::any_of(retired_, [](const auto& lane) { return lane->workers().hung(); }) ||
        extractions_.workers().hung();
    if (!hung) notifier_.feed_watchdog();
    watchdog_.expires_after(*interval);
    co_await watchdog_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
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
