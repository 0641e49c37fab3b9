// SPDX-License-Identifier: MIT
#include "daemon/service/daemon.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>

#include "daemon/lanes/day_text.hpp"
#include "daemon/service/day_news.hpp"
#include "daemon/version.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

template <typename T>
Task<> answered(Task<T> inquiry, Answer<T> answer) {
  std::exception_ptr error;
  T value;
  try {
    value = co_await std::move(inquiry);
  } catch (const std::exception&) {
    error = std::current_exception();
  }
  answer(error, std::move(value));
}

void publish(const DayResult& result, const Branch& branch, const Audience& audience,
             KeptLines& bitacora) {
  log_day(result, branch.config().dry_run);
  if (result.estado() == Estado::error) audience->day_failed(result.date, result.error);
  if (result.estado() == Estado::held) audience->day_held(result.date, result.hold);
  if (branch.config().dry_run) return;
  bitacora.append(bitacora_entry(result, branch.id(), branch.now()));
}

}  // namespace

Daemon::Daemon(asio::io_context& loop, Timekeeper& time, const Config& config, DaemonParts parts)
    : loop_(loop),
      time_(time),
      parts_(std::move(parts)),
      branch_(config, time),
      disk_(loop, *parts_.writer),
      store_(disk_, config.paths.state, config.branch.id),
      notifier_(loop),
      bitacora_(disk_, config.paths.bitacora()),
      book_([this](Date date) { return places_.outstanding(date); },
            [this](const DayResult& result) { publish(result, branch_, audience_, bitacora_); }),
      schedule_(schedule_options(config), branch_.zone(), time.now()),
      holdings_(
          branch_.id(), lock_options(config), [this] { return branch_.today(); },
          [this](Date date) { return branch_.end_of(date); }, [this] { return standing_.rival; }),
      extractions_(loop, extraction_options(config), parts_.backends.source(config), holdings_),
      places_(branch_, extractions_, holdings_),
      overview_({branch_, standing_, store_, bitacora_, schedule_, book_, holdings_, extractions_,
                 places_, notifier_, audience_}),
      requests_({disk_, branch_, book_, holdings_, places_, overview_, audience_}),
      dispatcher_({branch_, standing_, book_, holdings_, extractions_, places_, requests_,
                   overview_, audience_}),
      inquiries_({loop, branch_, parts_.backends, places_, extractions_,
                  [this](Task<> task) { spawn(std::move(task)); }}),
      signals_(loop, SIGTERM, SIGINT, SIGHUP),
      watchdog_({loop, standing_, places_, extractions_, inquiries_, notifier_}),
      reloaded_(loop),
      stop_timer_(loop) {
  disk_.when_idle([this] {
    if (standing_.stopping) stop_timer_.cancel();  // finish_stop() looks again
  });
  standing_.started = time_.now();
  if (const auto& pause = store_.pause()) standing_.paused = pause->reason;
  places_.pause(standing_.paused.has_value());
  if (const auto when = store_.last_success("operational", time_.now()))
    extractions_.remember_success(*when);
  book_.remember(bitacora_.last_entries(branch_.id()));
  apply_targets(make_targets(config, parts_.backends));
}

Daemon::~Daemon() = default;

ExitCode Daemon::run() {
  log::info("consolidadord {} starts: branch {}", product_version, branch_.id());
  if (standing_.paused)
    log::warning("paused since before the start: {}; consolidadorctl resume ends it",
                 *standing_.paused);
  for (Place& place : places_) spawn_workers(place.lane(), 0);
  requests_.resume();
  spawn(follow_schedule());
  spawn(follow_signals());
  spawn(watchdog_.feed());
  notifier_.ready();
  overview_.update();
  loop_.run();
  overview_.keep_ages(true);
  if (const auto lost = bitacora_.waiting())
    log::error("{} of the bitacora could not be written", counted(lost, "line"));
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
    if (standing_.stopping) stop_timer_.cancel();  // finish_stop() counts again
  });
}

void Daemon::spawn_workers(Lane& lane, std::size_t first) {
  for (std::size_t i = first; i < lane.workers().size(); ++i) spawn(lane.work(i));
}

Task<> Daemon::follow_schedule() {
  while (!standing_.stopping) {
    const auto now = time_.now();
    bitacora_.retry();
    dispatcher_.begin(schedule_.take_due(now));
    overview_.update();
    co_await time_.wait_until(schedule_.next(now));
  }
}

Task<> Daemon::follow_signals() {
  while (!ended_) {  // a signal may be on its way while finish_stop() ends
    const auto [error, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    if (signal == SIGHUP) {
      reload([](const auto&, const auto&) {});
      continue;
    }
    if (standing_.stopping) {
      log::warning("second signal: transactions are cut off now");
      stop_timer_.expires_after(0s);
      continue;
    }
    log::info("{} received", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    stop();
  }
}

void Daemon::stop() {
  if (std::exchange(standing_.stopping, true)) return;
  notifier_.stopping();
  places_.stop();
  inquiries_.stop();
  time_.wake();
  watchdog_.stop();
  stop_timer_.expires_after(branch_.config().stop.grace);
  asio::co_spawn(loop_, finish_stop(), [this](const std::exception_ptr& error) {
    if (!error) return;
    failure_ = error;
    loop_.stop();
  });
}

/// Waits for the running transactions and for the disk; after the grace cuts the connections; in
/// the end leaves.
Task<> Daemon::finish_stop() {
  notifier_.extend_timeout(branch_.config().stop.grace + 2 * time_to_notice);
  const auto only_signals_left = [this] { return coroutines_ <= 1 && disk_.idle(); };
  for (bool cut = false;; cut = true) {
    while (!only_signals_left() && stop_timer_.expiry() > SteadyClock::now())
      co_await stop_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (only_signals_left()) break;
    if (cut) {
      log::error("{} does not end; leaving without it; {} of the bitacora not written",
                 disk_.idle() ? "a worker" : "a worker or the disk",
                 counted(bitacora_.waiting(), "line"));
      parts_.writer->drain(disk_.idle() ? time_to_notice : 0s);
      std::_Exit(static_cast<int>(failure_ ? ExitCode::internal : ExitCode::ok));
    }
    places_.interrupt();
    extractions_.workers().interrupt();
    stop_timer_.expires_after(time_to_notice);
  }
  ended_ = true;
  notifier_.close();
  signals_.cancel();
}

void Daemon::history(const DateRange& range, const std::string& from, Answer<DayHistory> answer) {
  spawn(answered(inquiries_.history(range, from), std::move(answer)));
}

void Daemon::version(Date date, std::uint32_t number, const std::string& from,
                     Answer<PastDay> answer) {
  spawn(answered(inquiries_.version(date, number, from), std::move(answer)));
}

void Daemon::version_change(Date date, std::uint32_t number, const std::string& from,
                            Answer<PastChange> answer) {
  spawn(answered(inquiries_.version_change(date, number, from), std::move(answer)));
}

void Daemon::differences(Date date, Answer<DayDifferences> answer) {
  spawn(answered(inquiries_.differences(date), std::move(answer)));
}

void Daemon::request(RequestKind kind, const DateRange& asked, const std::string& actor,
                     Answer<RequestInfo> answer) {
  spawn(answered(requests_.accept(kind, asked, actor), std::move(answer)));
}

void Daemon::approve(const DateRange& range, const std::string& reason, const std::string& actor,
                     Answer<RequestInfo> answer) {
  spawn(answered(requests_.approve(range, reason, actor), std::move(answer)));
}

void Daemon::restore(Date date, const std::string& from, const std::string& reason,
                     const std::string& actor, Answer<RequestInfo> answer) {
  spawn(answered(requests_.restore(date, from, reason, actor), std::move(answer)));
}

void Daemon::cancel(std::uint64_t id, Answer<bool> answer) {
  spawn(answered(requests_.cancel(id), std::move(answer)));
}

void Daemon::pause(const std::string& reason, Done done) {
  standing_.paused = reason;
  log::warning("paused: {}", reason);
  places_.pause(true);
  store_.keep_pause(reason, time_.now(), [this, done = std::move(done)](const auto& error) {
    overview_.update();  // of a folder that cannot be written, too
    done(error);
  });
  overview_.update();
}

void Daemon::resume(Done done) {
  if (!standing_.paused) return disk_.after_all([done = std::move(done)] { done(nullptr); });
  standing_.paused.reset();
  store_.end_pause(std::move(done));
  log::info("resumed");
  places_.pause(false);
  places_.read_ledgers();  // a target may have been restored meanwhile
  dispatcher_.start_cycle();
  overview_.update();
}

void Daemon::name_taken(bool by_another) {
  if (std::exchange(standing_.rival, by_another) == by_another) return;
  if (!by_another) {
    log::warning("no other process has the branch's name on the bus any more");
    for (Place& place : places_) place.lane().retry_now();
    places_.plan();
    if (coroutines_ != 0) dispatcher_.start_cycle();
  }
  overview_.update();
}

void Daemon::reload(Answer<std::optional<std::string>> answer) {
  spawn(answered(reload_in_turn(), std::move(answer)));
}

/// Files are read, made and opened behind the loop's back.
Task<std::optional<std::string>> Daemon::reload_in_turn() {
  while (reloading_) co_await reloaded_.wait();
  if (standing_.stopping) co_return "the service is stopping";
  const log::Fields fields{log::Event::configuration, std::nullopt, "", 0, 0};
  std::string& error = standing_.configuration_error;
  reloading_ = true;
  notifier_.reloading();
  try {
    const auto prepared = std::make_shared<std::optional<Prepared>>();
    std::function<void()> build = [this, prepared, current = branch_.config()] {
      prepared->emplace(prepare(current, parts_.load_config(), parts_.backends));
    };
    co_await disk_.run(std::move(build));
    requests_.check_reload((*prepared)->config);
    std::function<void()> start_logging = [this, prepared] {
      parts_.start_logging((*prepared)->config);  // the last thing that can be refused
    };
    co_await disk_.run(std::move(start_logging));
    if (standing_.stopping) throw ConfigError("the service is stopping");
    swap_in(std::move(**prepared));
    error.clear();
    log::write(log::Level::info, fields, "configuration reloaded");
  } catch (const std::exception& refused) {
    error = fmt::format("{}; then reload again", refused.what());
    log::write(log::Level::error, fields,
               fmt::format("configuration not reloaded, the old one stays: {}", error));
  }
  time_.wake();
  overview_.update();
  notifier_.ready();
  reloading_ = false;
  reloaded_.notify();
  if (error.empty()) co_return std::nullopt;
  co_return error;
}

void Daemon::swap_in(Prepared prepared) {
  branch_.replace(prepared.config, prepared.zone);
  bitacora_.replace(std::move(prepared.bitacora), prepared.config.paths.bitacora());
  schedule_ = Schedule(schedule_options(prepared.config), prepared.zone, time_.now());
  holdings_.set_lock(lock_options(prepared.config));
  extractions_.replace(extraction_options(prepared.config), std::move(prepared.source));
  apply_targets(prepared.targets);
  places_.read_ledgers();
  requests_.resume();
  ++standing_.generation;
}

void Daemon::apply_targets(const Targets& targets) {
  places_.forget_ended();
  for (const auto& [name, target] : targets) add_place(name, target);
  if (targets.contains("vps")) return;
  if (places_.find("vps")) {
    dispatcher_.forget_target("vps");
    places_.remove("vps");
  }
  if (branch_.config().vps.is_given()) holdings_.leave_out("vps");
}

/// Makes the place, or gives the one that is there its new configuration.
void Daemon::add_place(const std::string& name, std::shared_ptr<Target> target) {
  LaneOptions options = lane_options(branch_.config());
  if (Place* place = places_.find(name)) {
    const std::size_t before = place->lane().workers().size();
    place->lane().replace(options, std::move(target));
    spawn_workers(place->lane(), before);
    return;
  }
  options.last_success = store_.last_success(name, time_.now());
  options.failing = store_.failing(name, time_.now());
  Place& place = places_.add(std::make_unique<Lane>(loop_, name, options, std::move(target),
                                                    extractions_, holdings_, dispatcher_));
  if (const auto when = store_.last_verification(name, time_.now())) place.remember_verified(*when);
  place.late().remember(store_.late_since(name, time_.now()));
  if (coroutines_ != 0) spawn_workers(place.lane(), 0);  // else run() does
}

}  // namespace consolidador
