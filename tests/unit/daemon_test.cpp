// SPDX-License-Identifier: MIT
#include "daemon/service/daemon.hpp"

#include <malloc.h>

#include <csignal>
#include <filesystem>
#include <latch>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date today = parse_date("2026-01-10");
const Date yesterday = today - std::chrono::days(1);

/// The whole daemon in one process: fake databases, a clock advanced by hand, real workers.
class Bench {
 public:
  Bench() {
    config.branch.id = branch_id;
    config.branch.time_zone = "UTC";
    config.paths.logs = dir / ".";
    config.paths.state = dir / "state";
    config.pool.size = 1;  // the fakes serve one thread
    config.retry.backoff = {1ms, 2ms};
    config.verification.days_per_hour = 0;
    for (auto* target : {&local, &vps}) target->now = [this] { return clock.now(); };
    source.set_day(yesterday, {row("a", "1", "10")});
    source.set_day(today, {row("b", "2", "20")});
  }

  /// Runs the daemon until `script`, a function without captures, has ended.
  void run(Task<> (*script)(Bench&)) {
    DaemonParts parts;
    parts.backends.source = [this](const Config&) { return alias<Source>(source); };
    parts.backends.target = [this](const Config&, const std::string& name) {
      return alias<Target>(name == "vps" ? vps : local);
    };
    parts.load_config = [this] {
      if (!reload_error.empty()) throw ConfigError(reload_error);
      return config;
    };
    parts.start_logging = [this](const Config&) {
      if (!logging_error.empty()) throw ConfigError(logging_error);
    };
    loop.restart();
    daemon.emplace(loop, clock, config, parts);
    asio::co_spawn(loop, script(*this), [this](const std::exception_ptr& error) {
      script_error = error;
      daemon->stop();
    });
    CHECK(daemon->run() == ExitCode::ok);
    daemon.reset();
    if (script_error) std::rethrow_exception(script_error);
  }

  /// Lets the loop go round until `condition` holds.
  Task<> until(std::function<bool()> condition) {
    const auto limit = SteadyClock::now() + 20s;
    while (!condition()) {
      if (SteadyClock::now() > limit)
        throw std::runtime_error("what was waited for did not happen");
      co_await asio::post(loop, asio::use_awaitable);
    }
  }

  // As people ask; these go on when they are answered.
  Task<std::optional<std::string>> reload() {
    bool done = false;
    std::optional<std::string> refused;
    daemon->reload([&](const std::exception_ptr&, std::optional<std::string> why) {
      refused = std::move(why);
      done = true;
    });
    co_await until([&done] { return done; });
    co_return refused;
  }

  Task<RequestInfo> request(RequestKind kind, DateRange range, std::string actor) {
    std::optional<RequestInfo> accepted;
    daemon->request(kind, range, actor,
                    [&](const std::exception_ptr&, const RequestInfo& info) { accepted = info; });
    co_await until([&accepted] { return accepted.has_value(); });
    co_return *accepted;
  }

  Task<> pause(std::string reason) {
    bool done = false;
    daemon->pause(reason, [&done](const auto&) { done = true; });
    co_await until([&done] { return done; });
  }

  Task<> resume() {
    bool done = false;
    daemon->resume([&done](const auto&) { done = true; });
    co_await until([&done] { return done; });
  }

  /// So many days before today have sold, are to be brought, and are verified one each minute.
  void keep_history(int days_back) {
    config.verification.days_per_hour = 60;
    config.historical = DateRange{today - std::chrono::days(days_back), today};
    for (int i = 2; i <= days_back; ++i)
      source.set_day(today - std::chrono::days(i), {row("c", "1", "7")});
  }

  /// Days that wait for a target or are being written.
  std::size_t pending(const std::string& target) const {
    for (const TargetStatus& status : daemon->status().targets)
      if (status.name == target) return status.pending;
    return 0;
  }

  bool history_brought() const {
    const auto days = static_cast<std::size_t>((today - config.historical->first).count() + 1);
    return local.all().size() >= days && vps.all().size() >= days &&
           pending("local") + pending("vps") == 0;
  }

  bool holds(FakeTarget& target, Date date) {
    const auto day = target.held(date);
    return day.ledger && !day.rows.empty();
  }

  TempDir dir;
  asio::io_context loop{1};
  ManualClock clock{loop, today + 12h};
  Steps source_steps, local_steps, vps_steps;
  FakeSource source{source_steps};
  FakeTarget local{"local", local_steps};
  FakeTarget vps{"vps", vps_steps};
  Config config;
  std::string reload_error, logging_error;
  std::exception_ptr script_error;
  std::optional<Daemon> daemon;

 private:
  template <typename Port>
  static std::shared_ptr<Port> alias(Port& port) {
    return {std::shared_ptr<void>(), &port};
  }
};

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("today and the window reach both targets by themselves, and the heartbeat follows") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.daemon->status().days_synced >= 4; });
    co_await b.until([&b] { return b.pending("vps") == 0; });
  });
  for (auto* target : {&bench.local, &bench.vps}) {
    CHECK(bench.holds(*target, today));
    CHECK(bench.holds(*target, yesterday));
    CHECK(target->last_beat);
  }
}

TEST_CASE("a sale made between two cycles is there after the next") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.daemon->status().days_synced >= 4; });
    b.source.set_day(today, {row("b", "3", "30")});
    b.clock.advance_to_next();
    co_await b.until([&b] { return b.daemon->status().days_synced >= 8; });
  });
  CHECK(bench.local.days[today].ledger->venta.to_string() == "30.0000");
  CHECK(bench.vps.days[today].ledger->venta.to_string() == "30.0000");
}

TEST_CASE(
    "a dead VPS does not keep the local database from its days; later it gets them by itself") {
  Bench bench;
  bench.vps_steps.always_fail(true);
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.daemon->status().days_synced >= 2; });
    if (b.holds(b.vps, today)) throw std::runtime_error("written into a dead database");
    b.vps_steps.always_fail(false);
    co_await b.until([&b] { return b.daemon->status().days_synced >= 4; });
  });
  CHECK(bench.holds(bench.vps, today));
  CHECK(bench.holds(bench.vps, yesterday));
}

TEST_CASE("days that a target lacks are found in the ledgers after a restart, however old") {
  Bench bench;
  for (int i = 2; i < 60; ++i)
    bench.source.set_day(today - std::chrono::days(i), {row("c", "1", std::to_string(i).c_str())});
  const auto all_there = [](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.local.all().size() >= 60 && b.vps.all().size() >= 60; });
    co_await b.until([&b] { return b.pending("local") == 0 && b.pending("vps") == 0; });
  };
  bench.config.historical = DateRange{today - std::chrono::days(59), today};
  bench.run(all_there);
  bench.vps.days.clear();  // restored from an empty backup, while the service was down
  bench.config.historical.reset();
  bench.run(all_there);
  for (int i = 0; i < 60; ++i) CHECK(bench.holds(bench.vps, today - std::chrono::days(i)));
}

TEST_CASE("the closing pass audits the ended day for good, also after the machine slept for days") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.daemon->status().days_synced >= 4; });
    co_await b.until([&b] { return b.pending("local") + b.pending("vps") == 0; });
    b.source.set_day(today, {row("b", "2", "20"), row("late", "1", "5")});
    b.clock.advance(72h);
    co_await b.until([&b] { return b.vps.held(today).rows.size() == 2; });
    co_await b.until([&b] { return b.local.held(today).rows.size() == 2; });
    co_await b.until([&b] { return b.pending("local") + b.pending("vps") == 0; });
  });
  CHECK(bench.vps.days[today].verified >= today + 26h);
  CHECK(bench.holds(bench.vps, today));
  CHECK(bench.vps.days.contains(today + std::chrono::days(2)));
}

TEST_CASE(
    "a bad row fails its day once, the other days go on, and the day heals when it is corrected") {
  Bench bench;
  bench.source.days[yesterday][0][1] = "";
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.daemon->status().days_synced >= 2; });
    co_await b.until([&b] { return b.daemon->status().health.health == Health::degraded; });
    for (int i = 0; i < 5; ++i) {
      const auto cycles = b.daemon->status().cycles;
      b.clock.advance_to_next();
      co_await b.until([&b, cycles] { return b.daemon->status().cycles > cycles; });
    }
    b.source.set_day(yesterday, {row("a", "1", "10")});
    b.clock.advance_to_next();
    co_await b.until([&b] { return b.daemon->status().health.health == Health::ok; });
  });
  CHECK(bench.holds(bench.vps, yesterday));
  int errors = 0;
  for (const auto& entry : read_bitacora(bench.dir / "bitacora_extraccion.csv"))
    errors += entry.estado == Estado::ok ? 0 : 1;
  CHECK(errors == 1);
}

TEST_CASE(
    "a target that a reload brings while the service is paused gets no day before it goes on") {
  Bench bench;
  bench.config.local_only = true;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.holds(b.local, today) && b.pending("local") == 0; });
    co_await b.pause("moving house");
    b.config.local_only = false;
    if (const auto refused = co_await b.reload(); refused) throw std::runtime_error("refused");
    co_await b.until([&b] { return b.daemon->status().targets.back().up; });
    b.clock.advance_to_next();
    for (int i = 0; i < 2'000; ++i) co_await asio::post(b.loop, asio::use_awaitable);
    if (b.holds(b.vps, today) || b.holds(b.vps, yesterday)) throw std::runtime_error("written");
    co_await b.resume();
    co_await b.until([&b] { return b.holds(b.vps, today) && b.holds(b.vps, yesterday); });
  });
}

TEST_CASE(
    "a bad configuration is refused with its reason and the old one stays; a good one is taken") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    b.reload_error = "x.yaml:3: window: wrong";
    if (const auto refused = co_await b.reload(); refused != b.reload_error + "; then reload again")
      throw std::runtime_error("accepted");
    if (b.daemon->status().health.reasons.empty()) throw std::runtime_error("nobody is told");
    b.reload_error.clear();
    b.config.local_only = true;
    if (const auto refused = co_await b.reload(); refused) throw std::runtime_error("refused");
    b.config.local_only = false;
    if (const auto refused = co_await b.reload(); refused) throw std::runtime_error("refused");
    co_await b.until([&b] { return b.holds(b.vps, today) && b.holds(b.local, today); });
  });
}

TEST_CASE("a reload moves the bitacora to a folder that it makes, or changes nothing at all") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.pending("vps") == 0 && b.holds(b.vps, today); });
    b.config.paths.logs = b.dir / "new" / "logs";
    b.logging_error = "bot.log: no space left on device";
    b.config.local_only = true;
    if (const auto refused = co_await b.reload();
        refused != b.logging_error + "; then reload again")
      throw std::runtime_error("accepted");
    if (b.daemon->status().targets.size() != 2) throw std::runtime_error("half changed");
    b.logging_error.clear();
    if (const auto refused = co_await b.reload(); refused) throw std::runtime_error("refused");
    if (b.daemon->status().targets.size() != 1) throw std::runtime_error("not changed");
    b.source.set_day(yesterday, {row("a", "2", "12")});
    b.clock.advance_to_next();
    co_await b.until([&b] {
      const auto day = b.local.held(yesterday);
      return day.ledger && day.ledger->venta.to_string() == "12.0000";
    });
  });
  const auto told = read_bitacora(bench.dir / "new/logs/bitacora_extraccion.csv");
  CHECK(std::ranges::any_of(told, [](const auto& entry) { return entry.date == yesterday; }));
}

TEST_CASE("old days are read at the configured hours of the branch's day, today's at any") {
  Bench bench;
  const Date old = today - std::chrono::days(2);
  bench.source.set_day(old, {row("c", "1", "7")});
  bench.config.historical = DateRange{old, old};
  bench.config.extraction.hours = TimesOfDay{22h, 8h};
  bench.run([](Bench& b) -> Task<> {
    const Date day = today - std::chrono::days(2);
    co_await b.until([&b] { return b.holds(b.vps, today) && b.holds(b.vps, yesterday); });
    for (int i = 0; i < 20; ++i) {
      const auto cycles = b.daemon->status().cycles;
      b.clock.advance_to_next();
      co_await b.until([&b, cycles] { return b.daemon->status().cycles > cycles; });
    }
    if (b.holds(b.vps, day) || b.holds(b.local, day)) throw std::runtime_error("read at noon");
    b.clock.advance(10h);
    co_await b.until([&b, day] { return b.holds(b.vps, day) && b.holds(b.local, day); });
  });
}

TEST_CASE("a late change in an old day is found by the rotating verification") {
  Bench bench;
  bench.keep_history(30);
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.history_brought(); });
    b.source.set_day(today - std::chrono::days(29), {row("c", "1", "8")});
    const auto found = [&b](FakeTarget& target) {
      return target.held(today - std::chrono::days(29)).ledger->venta.to_string() == "8.0000";
    };
    for (int minute = 0; minute < 100 && !(found(b.local) && found(b.vps)); ++minute) {
      const auto before = b.daemon->status().days_synced;
      b.clock.advance(1min);
      co_await b.until([&b, before] { return b.daemon->status().days_synced > before; });
    }
    if (!found(b.local) || !found(b.vps)) throw std::runtime_error("not found");
  });
}

TEST_CASE("an old day that is in ERROR does not keep the others from being verified") {
  Bench bench;
  bench.keep_history(5);
  bench.run([](Bench& b) -> Task<> {
    const auto all_done = [&b] { return b.history_brought(); };
    co_await b.until(all_done);
    b.source.days[today - std::chrono::days(5)][0][1] = "";  // from now on no valid row
    const auto changed = [&b](FakeTarget& target) {
      return target.held(today - std::chrono::days(4)).ledger->venta.to_string() == "8.0000";
    };
    b.source.set_day(today - std::chrono::days(4), {row("c", "1", "8")});
    for (int minute = 0; minute < 100 && !(changed(b.local) && changed(b.vps)); ++minute) {
      b.clock.advance(1min);
      for (int i = 0; i < 200; ++i) co_await asio::post(b.loop, asio::use_awaitable);
      co_await b.until(all_done);
    }
    if (!changed(b.local) || !changed(b.vps)) throw std::runtime_error("never its turn");
  });
}

TEST_CASE("history that the POS no longer keeps stays in the targets, and is verified no more") {
  Bench bench;
  bench.keep_history(10);
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.history_brought(); });
    for (int i = 6; i <= 10; ++i) b.source.set_day(today - std::chrono::days(i), {});
    const auto days = b.daemon->status().days_synced;
    for (int minute = 0; minute < 60; ++minute) {
      b.clock.advance(1min);
      co_await b.until([&b] { return b.pending("local") + b.pending("vps") == 0; });
    }
    co_await b.until([&b, days] { return b.daemon->status().days_synced > days; });
    if (b.daemon->status().health.health != Health::ok) throw std::runtime_error("not ok");
  });
  for (int i = 2; i <= 10; ++i) {
    CHECK(bench.holds(bench.local, today - std::chrono::days(i)));
    CHECK(bench.holds(bench.vps, today - std::chrono::days(i)));
  }
}

TEST_CASE("an operator's requests are carried out, told about, and survive a restart") {
  Bench bench;
  const Date old = today - std::chrono::days(40);
  bench.source.set_day(old, {row("c", "1", "7")});
  bench.run([](Bench& b) -> Task<> {
    const Date day = today - std::chrono::days(40);
    const auto backfill = co_await b.request(RequestKind::backfill, {day, day}, "ana");
    co_await b.until([&b] { return b.daemon->requests().empty(); });
    if (!b.holds(b.vps, day) || backfill.total != 2) throw std::runtime_error("not backfilled");
    const auto clears = b.vps.clears;
    co_await b.request(RequestKind::reprocess, {day, day}, "ana");
    co_await b.until([&b] { return b.daemon->requests().empty(); });
    if (b.vps.clears != clears + 1) throw std::runtime_error("not written again");
    co_await b.pause("moving house");
    co_await b.request(RequestKind::reprocess, {day, day}, "ana");  // accepted, not begun
    if (b.daemon->status().state != DaemonState::paused) throw std::runtime_error("not paused");
  });
  const auto clears = bench.vps.clears;
  bench.run([](Bench& b) -> Task<> {
    if (b.daemon->status().pause_reason != "moving house") throw std::runtime_error("forgot it");
    co_await b.resume();
    co_await b.until([&b] { return b.daemon->requests().empty(); });
  });
  bench.run([](Bench& b) -> Task<> {
    if (b.daemon->status().state == DaemonState::paused) throw std::runtime_error("paused again");
    co_return;
  });
  CHECK(bench.vps.clears == clears + 1);
}

TEST_CASE("the watchdog is not fed while the loop is blocked, and is when it turns again") {
  NotifySocket systemd(20'000);
  static NotifySocket* socket;
  socket = &systemd;
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([] { return socket->take("WATCHDOG=1") > 0; });
    std::this_thread::sleep_for(200ms);  // the loop's own thread
    if (socket->take("WATCHDOG=1") > 1) throw std::runtime_error("fed while the loop stood still");
    co_await b.until([] { return socket->take("WATCHDOG=1") > 0; });
  });
}

TEST_CASE("the watchdog is not fed while a job is past its deadline, and is when it has ended") {
  NotifySocket systemd(20'000);
  static NotifySocket* socket;
  socket = &systemd;
  static std::latch* release;
  std::latch latch(1);
  release = &latch;
  Bench bench;
  bench.config.timeouts.unit = 1s;
  bench.vps.sabotage = [](FakeTarget::Day&) { release->wait(); };  // hears nothing of interrupts
  bench.run([](Bench& b) -> Task<> {
    // Also when the script fails: a stop that leaves a worker behind would end the tests.
    std::shared_ptr<void> hold(nullptr, [](void*) { release->count_down(); });
    co_await b.until([&b] {
      socket->take("");  // nobody else reads, and a full socket holds up the sender
      return b.holds(b.local, today) && b.holds(b.local, yesterday);
    });
    int silent_ticks = 0;  // a tick is ten times as long as the watchdog's interval
    asio::steady_timer tick(b.loop);
    for (int ticks = 0; silent_ticks < 3; ++ticks) {
      if (ticks == 150) throw std::runtime_error("fed all the time");
      tick.expires_after(100ms);
      co_await tick.async_wait(asio::use_awaitable);
      silent_ticks = socket->take("WATCHDOG=1") == 0 ? silent_ticks + 1 : 0;
    }
    hold.reset();
    co_await b.until([] { return socket->take("WATCHDOG=1") > 0; });
    co_await b.until([&b] {
      socket->take("");
      return b.holds(b.vps, today) && b.holds(b.vps, yesterday);
    });
  });
}

TEST_CASE("signals that keep coming while it stops do not keep it from leaving") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.daemon->status().days_synced >= 4; });
    for (int i = 0; i < 200; ++i) {
      std::raise(SIGTERM);
      co_await asio::post(b.loop, asio::use_awaitable);
    }
  });
}

TEST_CASE("a configuration that comes while it stops is refused and starts nothing") {
  Bench bench;
  bench.config.local_only = true;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.holds(b.local, today) && b.holds(b.local, yesterday); });
    b.daemon->stop();
    b.config.local_only = false;
    if (const auto refused = co_await b.reload(); !refused)
      throw std::runtime_error("reloaded while stopping");
  });
  CHECK_FALSE(bench.holds(bench.vps, today));
}

TEST_CASE("ten thousand cycles leave memory and descriptors as they were") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    const auto cycles = [&b](int count) -> Task<> {
      for (int i = 0; i < count; ++i) {
        const auto before = b.daemon->status().cycles;
        b.clock.advance_to_next();
        co_await b.until([&b, before] { return b.daemon->status().cycles > before; });
      }
    };
    b.config.schedule.every = 1s;
    if (const auto refused = co_await b.reload(); refused) throw std::runtime_error("refused");
    co_await cycles(500);
    const auto memory = mallinfo2().uordblks;
    const auto descriptors = open_descriptors();
    co_await cycles(10'000);
    if (mallinfo2().uordblks > memory + 200'000) throw std::runtime_error("memory grows");
    if (open_descriptors() != descriptors) throw std::runtime_error("descriptors leak");
  });
}
