// SPDX-License-Identifier: MIT
#include "daemon/service/dispatcher.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/service_bench.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

using Bench = ServiceBench;

const Date today = Bench::today;
const Date yesterday = Bench::days_ago(1);

void sell(Bench& bench) {
  bench.source.set_day(yesterday, {row("a", "1", "10")});
  bench.source.set_day(today, {row("b", "2", "20")});
}

Task<> both_up(Bench& bench) {
  co_await bench.until([&] { return bench.places.all_up(); });
}

}  // namespace

TEST_CASE("a cycle brings today and the window to each target that is up, and tells how it went") {
  Bench bench;
  sell(bench);
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await both_up(b);
    b.dispatcher.begin({true, false, false});
    co_await b.until([&b] { return b.told.cycles == 1; });
    co_await b.until([&b] { return b.vps.held(today).ledger && b.local.held(today).ledger; });
  });
  CHECK(bench.told.changed_days == 4);
  CHECK(bench.told.failed_days == 0);
  CHECK(bench.standing.days >= 4);
  CHECK(bench.standing.rows >= 4);
  CHECK(bench.standing.last_cycle == bench.clock.now());
  CHECK(bench.standing.failed_cycles == 0);
  CHECK(bench.told.ups.size() == 2);
  CHECK(bench.told.synced == std::vector<std::string>(4, "new"));
}

TEST_CASE("a dry run counts no rows as written, and tells of no day that it was") {
  Bench bench;
  sell(bench);
  Config config = bench.branch.config();
  config.dry_run = true;
  bench.branch.replace(config, bench.branch.zone());
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await both_up(b);
    b.dispatcher.begin({true, false, false});
    co_await b.until([&b] { return b.told.cycles == 1; });
  });
  CHECK(bench.standing.days >= 4);
  CHECK(bench.standing.rows == 0);
  CHECK(bench.told.synced.empty());
}

TEST_CASE("a cycle without any target ends at once and counts as failed") {
  Bench bench;
  bench.dispatcher.start_cycle();
  bench.dispatcher.start_cycle();
  CHECK(bench.told.cycles == 2);
  CHECK(bench.standing.failed_cycles == 2);
  CHECK(bench.place().lane().days().contains(today));
  CHECK(bench.place().lane().days().contains(yesterday));
}

TEST_CASE("while the service is paused no cycle begins") {
  Bench bench;
  bench.standing.paused = "moving house";
  bench.dispatcher.start_cycle();
  CHECK(bench.told.cycles == 0);
  CHECK(bench.place().lane().days().size() == 0);
}

TEST_CASE("a target that goes down is not waited for") {
  Bench bench;
  sell(bench);
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await both_up(b);
    b.vps.refuse_writing({ErrorClass::transient, ErrorCause::link, "lost"});
    b.dispatcher.start_cycle();
    co_await b.until([&b] { return b.told.cycles == 1; });
  });
  CHECK(bench.told.downs == std::vector<std::string>{"vps"});
  CHECK(bench.standing.failed_cycles == 1);
  CHECK(bench.local.held(today).ledger);
}

TEST_CASE("days in ERROR and held days older than the window are looked at in every cycle") {
  Bench bench;
  auto failed = Bench::report("local", Bench::days_ago(8));
  failed.outcome.reset();
  failed.error = DataError("row 3: Upc is empty");
  bench.book.add(failed);
  bench.book.add(Bench::held("vps", Bench::days_ago(9), 9));
  bench.dispatcher.start_cycle();
  CHECK(bench.place().lane().days().contains(Bench::days_ago(8)));
  CHECK(bench.place("vps").lane().days().contains(Bench::days_ago(9)));
  CHECK(bench.place().lane().days().size() == 4);
}

TEST_CASE("when a ledger has been read its target gets what it lacks") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(4)), Bench::ledger_day(Bench::days_ago(2))});
  bench.dispatcher.ledger_read("local");
  CHECK(bench.place().late().count() == 2);
  CHECK(bench.place("vps").late().count() == 2);
  CHECK_FALSE(bench.place().lane().days().contains(Bench::days_ago(4)));
}

TEST_CASE("a day that has vanished from every ledger is looked at in every target") {
  Bench bench;
  const LedgerDay latest = Bench::ledger_day(yesterday);
  bench.know({Bench::ledger_day(Bench::days_ago(5)), latest});
  bench.know({latest});
  bench.dispatcher.ledger_read("local");
  CHECK(bench.place("local").lane().days().contains(Bench::days_ago(5)));
  CHECK(bench.place("vps").lane().days().contains(Bench::days_ago(5)));
}

TEST_CASE("where nothing is late the oldest day is looked at: it shows what the POS has purged") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(3)), Bench::ledger_day(Bench::days_ago(2)),
              Bench::ledger_day(yesterday)});
  bench.dispatcher.ledger_read("local");
  CHECK(bench.places.none_late());
  CHECK(bench.place().lane().days().contains(Bench::days_ago(3)));
}

TEST_CASE("what a target reports that is not configured is nobody's business") {
  Bench bench;
  bench.dispatcher.day_done(Bench::report("moon", today));
  bench.dispatcher.least_verified("moon", {yesterday});
  bench.dispatcher.ledger_read("moon");
  CHECK(bench.standing.days == 0);
  CHECK(bench.published.empty());
}

TEST_CASE("who has decided about a day stands with it in the day book") {
  Bench bench;
  bench.holdings.decisions().approve(1, yesterday, {{}, "ana", "purged"});
  bench.dispatcher.day_done(Bench::report("local", yesterday, DayAction::approved));
  REQUIRE(bench.published.size() == 1);
  CHECK(bench.published[0].note == "approved by ana: purged");
}

TEST_CASE("a day that is held is no change for those who listen") {
  Bench bench;
  bench.dispatcher.day_done(Bench::held("local", yesterday, 9));
  CHECK(bench.told.synced.empty());
  bench.dispatcher.day_done(Bench::report("local", yesterday));
  CHECK(bench.told.synced == std::vector<std::string>{"changed"});
}

TEST_CASE("a target that is no longer configured holds no day") {
  Bench bench;
  bench.dispatcher.day_done(Bench::report("vps", yesterday, DayAction::held));
  REQUIRE(bench.book.held_days() == 1);
  bench.dispatcher.forget_target("vps");
  CHECK(bench.book.held_days() == 0);
}

TEST_CASE("a target that is no longer configured is not waited for in cycle or request") {
  Bench bench;
  bench.accept(RequestKind::audit, {yesterday, yesterday}, "ana");
  DayReport audited = Bench::report("local", yesterday);
  audited.task.kind = TaskKind::audit;
  bench.dispatcher.day_done(audited);
  bench.dispatcher.forget_target("vps");
  CHECK(bench.requests.running().empty());
}

TEST_CASE("the first day that gets through in a target is told at once, not with the next cycle") {
  Bench bench;
  bench.overview.update();
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    for (Place& place : b.places)
      place.lane().add({Bench::today, Priority::today, TaskKind::sync, {}});
    co_await b.until([&b] { return !b.told.healths.empty(); });
    CHECK(b.told.healths.back() == Health::ok);
    co_await b.until([&b] { return b.vps.told_health() == "ok"; });
  });
}
