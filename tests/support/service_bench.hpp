// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/detached.hpp>
#include <string>
#include <vector>

#include "daemon/service/dispatcher.hpp"
#include "daemon/service/reload.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/loop_test.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador::test {

/// The parts of the service with fake databases, without the daemon that owns and drives them: no
/// coroutine runs unless a test spawns it.
class ServiceBench {
 public:
  static inline const Date today = parse_date("2026-01-10");
  static Date days_ago(int days) { return today - std::chrono::days(days); }

  /// Remembers what it is told.
  struct Recorder : ControlListener {
    void status_changed() override { ++changes; }
    void day_synced(Date, const std::string&, const DayTotals&, const WrittenChange&,
                    const Rejections&, const std::string& what) override {
      synced.push_back(what);
    }
    void day_failed(Date, const std::string&) override {}
    void day_held(Date, const std::string&) override {}
    void health_changed(const HealthVerdict& health) override { healths.push_back(health.health); }
    void target_up(const std::string& target) override { ups.push_back(target); }
    void target_down(const std::string& target, const std::string&) override {
      downs.push_back(target);
    }
    void request_new(const RequestInfo&) override { ++requests; }
    void request_progress(const RequestInfo&) override { ++progress; }
    void request_removed(const RequestInfo& info) override { removed.push_back(info); }
    void cycle_finished(std::uint64_t number, std::size_t changed, std::size_t failed) override {
      cycles = number;
      changed_days += changed;
      failed_days += failed;
    }
    int changes = 0, requests = 0, progress = 0;
    std::uint64_t cycles = 0;
    std::size_t changed_days = 0, failed_days = 0;
    std::vector<std::string> synced, ups, downs;
    std::vector<Health> healths;
    std::vector<RequestInfo> removed;
  };

  ServiceBench() {
    standing.started = clock.now();
    audience.set(&told);
    for (FakeTarget* target : {&local, &vps})
      places.add(std::make_unique<Lane>(loop, target->name(), lane_options(branch.config()),
                                        std::shared_ptr<Target>(std::shared_ptr<void>(), target),
                                        extractions, holdings, dispatcher));
  }

  Place& place(const std::string& name = "local") { return *places.find(name); }

  static LedgerDay ledger_day(Date date, std::uint64_t rows = 10) {
    DayTotals totals;
    totals.filas = rows;
    totals.huella = rows;
    return {date, totals, date + std::chrono::hours(30), 3, {}, {}};
  }

  /// As if the ledgers had been read, with these days in both.
  void know(const KnownDays& days = {}) {
    for (Place& each : places) holdings.ledger_read(each.name(), days);
  }

  static DayReport report(const std::string& target, Date date,
                          DayAction action = DayAction::changed) {
    DayReport done;
    done.task = {date, Priority::window, TaskKind::sync, SteadyClock::now()};
    done.task.look = true;
    done.target = target;
    done.totals = DayTotals{};
    done.outcome.emplace().action = action;
    done.outcome->recorded = is_change(action);
    return done;
  }

  static DayReport held(const std::string& target, Date date, std::uint64_t rows) {
    DayReport done = report(target, date, DayAction::held);
    done.outcome->reason = "rows would go";
    done.outcome->loss.emplace().held.filas = rows;
    done.outcome->loss->most.filas = rows;
    return done;
  }

  /// Runs the lanes until `script`, a function without captures, has ended.
  template <typename Bench>
  static void run(Bench& bench, Task<> (*script)(Bench&)) {
    for (Place& each : bench.places)
      for (std::size_t i = 0; i < each.lane().workers().size(); ++i)
        asio::co_spawn(bench.loop, each.lane().work(i), asio::detached);
    run_on_loop<Bench>(bench.loop, bench, script);
    bench.places.stop();
    bench.loop.restart();
    bench.loop.run();
  }

  // What people ask for, on the disk when these return.
  RequestInfo accept(RequestKind kind, const DateRange& range, const std::string& actor) {
    return result_of(loop, requests.accept(kind, range, actor));
  }
  RequestInfo approve(const DateRange& range, const std::string& reason, const std::string& actor) {
    return result_of(loop, requests.approve(range, reason, actor));
  }
  RequestInfo restore(Date date, const std::string& from, const std::string& reason,
                      const std::string& actor) {
    return result_of(loop, requests.restore(date, from, reason, actor));
  }
  bool cancel(std::uint64_t id) { return result_of(loop, requests.cancel(id)); }

  Task<> until(std::function<bool()> condition) { return test::until(loop, std::move(condition)); }

  static Config make_config(const TempDir& dir) {
    Config config;
    config.branch.id = branch_id;
    config.branch.time_zone = "UTC";
    config.paths.logs = dir / "logs";
    config.paths.state = dir / "state";
    config.pool.size = 1;  // the fakes serve one thread
    config.retry.backoff = {std::chrono::hours(1), std::chrono::hours(1)};
    return config;
  }

  TempDir dir;
  asio::io_context loop{1};
  ManualClock clock{loop, today + std::chrono::hours(12)};
  Steps source_steps, local_steps, vps_steps;
  FakeSource source{source_steps};
  FakeTarget local{"local", local_steps};
  FakeTarget vps{"vps", vps_steps};
  Recorder told;
  Branch branch{make_config(dir), clock};
  Standing standing;
  Writer writer;  // without a thread of its own
  Disk disk{loop, writer};
  StandingStore store{disk, branch.config().paths.state, branch_id};
  KeptLines bitacora{disk, dir / "bitacora.csv"};
  Audience audience;
  Notifier notifier;
  std::vector<DayResult> published;
  DayBook book{[this](Date date) { return places.outstanding(date); },
               [this](const DayResult& result) { published.push_back(result); }};
  Schedule schedule{schedule_options(branch.config()), branch.zone(), clock.now()};
  Holdings holdings{branch_id, {}, [this] { return branch.today(); }};
  Extractions extractions{loop, extraction_options(branch.config()),
                          std::shared_ptr<Source>(std::shared_ptr<void>(), &source), holdings};
  Places places{branch, extractions, holdings};
  Overview overview{{branch, standing, store, bitacora, schedule, book, holdings, extractions,
                     places, notifier, audience}};
  Requests requests{{disk, branch, book, holdings, places, overview, audience}};
  Dispatcher dispatcher{
      {branch, standing, book, holdings, extractions, places, requests, overview, audience}};
};

}  // namespace consolidador::test
