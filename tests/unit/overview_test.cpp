// SPDX-License-Identifier: MIT
#include "daemon/service/overview.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/service_bench.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

using Bench = ServiceBench;

DayReport failed(Date date) {
  DayReport report = Bench::report("local", date);
  report.outcome.reset();
  report.error = DataError("row 3: Upc is empty");
  return report;
}

}  // namespace

TEST_CASE("the snapshot has what each part knows") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(1))});
  bench.places.plan();
  bench.standing.cycles = 4;
  bench.standing.days = 8;
  bench.standing.rows = 80;
  bench.standing.generation = 2;
  bench.standing.paused = "moving house";
  bench.book.add(failed(Bench::days_ago(3)));
  const StatusSnapshot status = bench.overview.status();
  CHECK(status.branch_id == branch_id);
  CHECK(status.source.name == "operational");
  REQUIRE(status.targets.size() == 2);
  CHECK(status.targets[1].name == "vps");
  CHECK_FALSE(status.targets[1].last_audited);  // a day before it is in ERROR
  CHECK(status.cycles == 4);
  CHECK(status.days_synced == 8);
  CHECK(status.rows_synced == 80);
  CHECK(status.config_generation == 2);
  CHECK(status.failed_days == 1);
  CHECK(status.pause_reason == "moving house");
  CHECK_FALSE(status.next_cycle);
  bench.standing.paused.reset();
  CHECK(bench.overview.status().next_cycle == bench.schedule.next_cycle());
}

TEST_CASE("a day in ERROR or held is a gap in what is audited, also before it is looked at again") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(4)), Bench::ledger_day(Bench::days_ago(3)),
              Bench::ledger_day(Bench::days_ago(2)), Bench::ledger_day(Bench::days_ago(1))});
  bench.places.plan();
  const auto audited = [&] { return audited_everywhere(bench.overview.status().targets); };
  CHECK(audited() == Bench::days_ago(1));
  bench.book.add(failed(Bench::days_ago(1)));
  CHECK(audited() == Bench::days_ago(2));
  bench.book.add(Bench::held("vps", Bench::days_ago(3), 9));
  CHECK(audited() == Bench::days_ago(4));
  BitacoraEntry entry;
  entry.estado = Estado::error;
  bench.book.remember({{Bench::days_ago(4), entry}});
  CHECK_FALSE(audited());
}

TEST_CASE("a day that is late before the ledger's first is a gap in what is audited") {
  Bench bench;
  bench.holdings.ledger_read(
      "local", {Bench::ledger_day(Bench::days_ago(3)), Bench::ledger_day(Bench::days_ago(2)),
                Bench::ledger_day(Bench::days_ago(1))});
  bench.holdings.ledger_read("vps", {Bench::ledger_day(Bench::days_ago(1))});
  bench.places.plan();
  const auto targets = bench.overview.status().targets;
  CHECK(targets[0].last_audited == Bench::days_ago(1));
  CHECK_FALSE(targets[1].last_audited);
  CHECK_FALSE(audited_everywhere(targets));
}

TEST_CASE("a change of the health is told once, to whoever listens") {
  Bench bench;
  bench.overview.update();
  bench.book.add(failed(Bench::days_ago(3)));
  bench.overview.update();
  bench.overview.update();
  bench.book.add(Bench::report("local", Bench::days_ago(3)));
  bench.overview.update();
  CHECK(bench.told.healths == std::vector{Health::degraded, Health::starting});
  CHECK(bench.told.changes == 4);
  bench.audience.set(nullptr);
  bench.overview.update();
  CHECK(bench.told.changes == 4);
}

TEST_CASE("a place that never answers fails from the start of the process on") {
  Bench bench;
  CHECK(bench.overview.status().health.health == Health::starting);
  bench.clock.advance(1h);
  CHECK(bench.overview.status().health.health == Health::degraded);
  bench.clock.advance(48h);
  CHECK(bench.overview.status().health.health == Health::failing);
}

TEST_CASE("a day says why it is held, what would go, and when it is decided what it waits for") {
  Bench bench;
  const Date day = Bench::days_ago(5);
  bench.know({Bench::ledger_day(day)});
  bench.book.add(Bench::held("vps", day, 9));
  DayInfo info = bench.overview.day(day);
  CHECK_THAT(info.held, contains("consolidadorctl approve"));
  REQUIRE(info.loss);
  CHECK(info.loss->held.filas == 9);
  REQUIRE(info.targets.size() == 2);
  CHECK(info.targets[0].ledger->totals.filas == 10);
  bench.holdings.decisions().approve(1, day, {{}, "ana", "purged"});
  info = bench.overview.day(day);
  CHECK(info.held == "approved by ana: purged; it waits for a target that does not answer");
}

TEST_CASE("a day says for what its targets wait, of each reason which, and of a doubt") {
  Bench bench;
  for (Place& place : bench.places) place.lane().add({Bench::today, Priority::today});
  const auto waits = [&bench] { return bench.overview.day(Bench::today).waits; };
  CHECK(waits().empty());
  bench.holdings.clocks().heard("vps", {}, time_since_boot());
  CHECK_THAT(waits(), contains("not in local, vps yet: it is 20"));
  for (Steps* steps : {&bench.local_steps, &bench.vps_steps}) steps->always_fail(true);
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await b.until([&b] {
      return std::ranges::all_of(
          b.places, [](Place& p) { return p.lane().availability().down_since().has_value(); });
    });
  });
  CHECK(waits() == "not in local, vps yet: the link broke");
}

TEST_CASE("what must outlive the process is kept: successes, failing days, verifications") {
  Bench bench;
  bench.source.set_day(Bench::today, {row("a", "1", "10")});
  bench.vps.refuse_writing({ErrorClass::transient, ErrorCause::server, "deadlock"});
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.holdings.is_known("local") && b.holdings.is_known("vps"); });
    for (Place& place : b.places) place.lane().add({Bench::today, Priority::today});
    co_await b.until([&b] {
      return b.place("vps").lane().retries().find(Bench::today) &&
             b.place("local").lane().availability().last_success();
    });
  });
  bench.know({Bench::ledger_day(Bench::days_ago(9))});
  bench.overview.keep_ages(true);
  const StandingStore next(bench.disk, bench.branch.config().paths.state, branch_id);
  const auto now = std::chrono::system_clock::now() + 24h;
  CHECK(next.last_success("local", now));
  CHECK_FALSE(next.last_success("vps", now));
  CHECK(next.failing("vps", now).contains(Bench::today));
  CHECK(next.last_verification("vps", now) == bench.place("vps").verified());
}

TEST_CASE("known days are listed from the newest on, up to the limit and up to today") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(9)), Bench::ledger_day(Bench::days_ago(7)),
              Bench::ledger_day(Bench::days_ago(1))});
  const DateRange range{Bench::days_ago(20), Bench::today + std::chrono::days(5)};
  const auto days = bench.overview.days(range, 2);
  REQUIRE(days.size() == 2);
  CHECK(days[0].date == Bench::days_ago(1));
  CHECK(days[1].date == Bench::days_ago(7));
  CHECK(bench.overview.days(range, 100).size() == 3);
}

TEST_CASE("each target's heartbeat has its own days, and the branch's health") {
  Bench bench;
  bench.holdings.ledger_read("local", {Bench::ledger_day(Bench::days_ago(1))});
  bench.holdings.ledger_read("vps", {Bench::ledger_day(Bench::days_ago(3))});
  bench.place("vps").plan(nullptr, std::nullopt);
  bench.book.add(failed(Bench::days_ago(4)));
  bench.overview.send_heartbeats();
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await b.until([&b] {
      return b.places.all_up() && !b.place("local").lane().errands().waiting() &&
             !b.place("vps").lane().errands().waiting() &&
             b.overview.status().health.health == Health::degraded;  // fewer days are pending
    });
    b.overview.send_heartbeats();
    co_await b.until([&b] {
      return !b.place("local").lane().errands().waiting() &&
             !b.place("vps").lane().errands().waiting();
    });
  });
  REQUIRE(bench.vps.last_beat);
  CHECK(bench.vps.last_beat->marked_from == bench.branch.window_start());
  CHECK(bench.vps.last_beat->salud == "degradada");
  CHECK(bench.vps.last_beat->failed == std::vector{Bench::days_ago(4)});
  CHECK(bench.local.last_beat->version == bench.vps.last_beat->version);
  CHECK_FALSE(bench.local.last_beat->last_audited);  // as little as in the VPS
}

TEST_CASE("where no old day is to be verified it is no reason that none was") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(5))});
  bench.clock.set(bench.clock.now() + 200h);
  Config config = bench.branch.config();
  SECTION("it is a dry run") {
    config.dry_run = true;
  }
  SECTION("nothing is verified") {
    config.verification.days_per_hour = 0;
  }
  SECTION("all days are of the window") {
    config.window.reprocess_days = 14;
  }
  bench.branch.replace(config, TimeZone("UTC"));
  for (const std::string& reason : bench.overview.status().health.reasons)
    CHECK_THAT(reason, !contains("verified"));
}

TEST_CASE("old days whose turn does not come are told, and who verifies one ends it") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(5))});
  bench.clock.set(bench.clock.now() + 200h);
  bench.extractions.gate().shut(true);
  const auto told = [&bench] {
    const auto reasons = bench.overview.status().health.reasons;
    return std::ranges::count_if(reasons, [](const std::string& reason) {
      return reason.find("no old day verified for 8 d 08 h: the POS is read") != std::string::npos;
    });
  };
  CHECK(told() == 2);
  DayReport report = Bench::report("local", Bench::days_ago(5));
  bench.place("local").learn_from(report);
  CHECK(told() == 2);  // the cycle has brought it
  DayReport unproven = Bench::report("local", Bench::days_ago(5), DayAction::unchanged);
  unproven.task.priority = Priority::verification;
  bench.place("local").learn_from(unproven);
  CHECK(told() == 2);
  report.task.priority = Priority::verification;
  bench.place("local").learn_from(report);
  CHECK(told() == 1);
}
