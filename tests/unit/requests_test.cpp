// SPDX-License-Identifier: MIT
#include "daemon/service/requests.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/service_bench.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

using Bench = ServiceBench;

const Date day = Bench::days_ago(5);
const DateRange one_day{day, day};

/// Both targets hold the day back: so many rows would go.
void hold(Bench& bench, std::uint64_t rows = 9) {
  for (const char* target : {"local", "vps"}) bench.book.add(Bench::held(target, day, rows));
}

DayReport done(const char* target, TaskKind kind, Date date = day) {
  DayReport report = Bench::report(target, date);
  report.task.kind = kind;
  return report;
}

DayReport conflict(const char* target) {
  DayReport report = Bench::report(target, day, DayAction::held);
  report.outcome->conflict = true;
  return report;
}

}  // namespace

TEST_CASE("a range that ends before it begins, in the future or ages ago is refused") {
  Bench bench;
  const Date today = Bench::today;
  for (const DateRange& wrong :
       {DateRange{day, day - std::chrono::days(1)}, DateRange{day, today + std::chrono::days(1)},
        DateRange{today - farthest_back - std::chrono::days(1), today}})
    CHECK_THROWS_AS(bench.accept(RequestKind::audit, wrong, "ana"), RequestRefused);
  CHECK(bench.requests.running().empty());
}

TEST_CASE("more requests than can be looked through are refused, and more days than fit") {
  Bench bench;
  for (int i = 0; i < 100; ++i) bench.accept(RequestKind::audit, one_day, "ana");
  CHECK_THROWS_WITH(bench.accept(RequestKind::audit, one_day, "ana"),
                    contains("100 requests are running"));
  bench.cancel(1);
  for (std::uint64_t id = 2; id <= 100; ++id) bench.cancel(id);
  const DateRange century{Bench::today - farthest_back, Bench::today};
  bench.accept(RequestKind::audit, century, "ana");
  bench.accept(RequestKind::audit, century, "ana");
  CHECK_THROWS_WITH(bench.accept(RequestKind::audit, century, "ana"),
                    contains("days are still to be done"));
}

TEST_CASE("a request hands its days to every lane and ends when all have reported") {
  Bench bench;
  const auto info = bench.accept(RequestKind::reprocess, one_day, "ana");
  CHECK(info.total == 2);
  CHECK(bench.told.requests == 1);
  for (const char* target : {"local", "vps"})
    CHECK(bench.place(target).lane().days().contains(day));
  bench.requests.day_done(done("local", TaskKind::reprocess));
  CHECK(bench.told.progress == 1);
  bench.requests.day_done(done("vps", TaskKind::reprocess));
  REQUIRE(bench.told.removed.size() == 1);
  CHECK(bench.told.removed[0].state == RequestState::done);
  CHECK(bench.requests.running().empty());
}

TEST_CASE("a backfill takes what a target lacks; where nothing is lacking it is done at once") {
  Bench bench;
  bench.holdings.ledger_read("local", {Bench::ledger_day(day)});
  bench.holdings.ledger_read("vps", {});
  CHECK(bench.accept(RequestKind::backfill, one_day, "ana").total == 1);
  bench.know({Bench::ledger_day(day)});
  CHECK(bench.accept(RequestKind::backfill, one_day, "ana").state == RequestState::done);
}

TEST_CASE("what was accepted goes on after a restart, but for a sync") {
  Bench bench;
  bench.accept(RequestKind::reprocess, one_day, "ana");
  bench.accept(RequestKind::sync, {}, "ana");
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  next.resume();
  REQUIRE(next.running().size() == 1);
  CHECK(next.running()[0].kind == RequestKind::reprocess);
  CHECK(next.running()[0].range == one_day);
}

TEST_CASE("who has asked for a reprocess stands in the history, also after a restart") {
  Bench bench;
  bench.source.set_day(day, {row("a", "1", "10")});
  bench.accept(RequestKind::reprocess, one_day, "ana");
  bench.accept(RequestKind::audit, one_day, "eve");  // takes it along
  const bool restarted = GENERATE(false, true);
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  if (restarted) {
    for (Place& each : bench.places) each.lane().drop(day, Wanting::requests);
    next.resume();
  }
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.vps.held(day).ledger && b.local.held(day).ledger; });
  });
  CHECK(bench.local.last_note.actor == "ana");
  CHECK(bench.vps.last_note.actor == "ana");
  CHECK(bench.local.last_note.reason == ChangeReason::reproceso);
}

TEST_CASE("a cancelled request takes its days back, but not what the ledgers lack") {
  Bench bench;
  bench.know({Bench::ledger_day(day), Bench::ledger_day(Bench::days_ago(1))});
  bench.accept(RequestKind::audit, {day, Bench::days_ago(3)}, "ana");
  CHECK(bench.cancel(1));
  CHECK_FALSE(bench.cancel(1));
  CHECK_FALSE(bench.place().lane().days().contains(day));
  CHECK(bench.place().lane().days().contains(Bench::days_ago(3)));
  CHECK(bench.told.removed.back().state == RequestState::cancelled);
}

TEST_CASE("only a held day can be approved, with a reason, and once") {
  Bench bench;
  CHECK_THROWS_WITH(bench.approve(one_day, "purged", "ana"), contains("no day"));
  hold(bench);
  CHECK_THROWS_WITH(bench.approve(one_day, "", "ana"), contains("a reason is needed"));
  CHECK(bench.approve(one_day, "purged", "ana").total == 2);
  CHECK(bench.holdings.decisions().loss(day)->shown.filas == 9);
  CHECK(bench.holdings.decisions().text(day) == "approved by ana: purged");
  CHECK_THROWS_WITH(bench.approve(one_day, "again", "eve"), contains("not decided yet"));
}

TEST_CASE("an approval and who gave it survive a restart") {
  Bench bench;
  hold(bench);
  bench.approve(one_day, "purged", "ana");
  bench.holdings.decisions().forget_day(day);
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  next.resume();
  CHECK(bench.holdings.decisions().text(day) == "approved by ana: purged");
  CHECK(bench.holdings.decisions().loss(day)->shown.filas == 9);
}

TEST_CASE("a decision ends when a look finds more going than was shown, and says so") {
  Bench bench;
  hold(bench);
  bench.approve(one_day, "purged", "ana");
  bench.requests.day_done(Bench::held("local", day, 9));  // as it was shown
  CHECK(bench.holdings.decisions().loss(day));
  bench.requests.day_done(Bench::held("local", day, 12));
  CHECK_FALSE(bench.holdings.decisions().loss(day));
  REQUIRE(bench.told.removed.size() == 1);
  CHECK(bench.told.removed[0].state == RequestState::failed);
}

TEST_CASE("a day whose targets hold different rows is restored from one of them into the other") {
  Bench bench;
  bench.know({Bench::ledger_day(day)});
  CHECK_THROWS_WITH(bench.restore(day, "vps", "disk", "ana"), contains("is not held"));
  for (const char* target : {"local", "vps"}) bench.book.add(conflict(target));
  CHECK_THROWS_WITH(bench.restore(day, "moon", "disk", "ana"), contains("is no target"));
  CHECK(bench.restore(day, "vps", "disk", "ana").total == 1);
  CHECK(bench.place("local").lane().days().contains(day));
  CHECK_FALSE(bench.place("vps").lane().days().contains(day));
  CHECK(bench.holdings.decisions().restored_from(day) == "vps");
  CHECK(bench.holdings.decisions().text(day) == "restored from vps by ana: disk");
}

TEST_CASE("a dry run decides nothing and takes nothing over") {
  Bench bench;
  hold(bench);
  Config config = bench.branch.config();
  config.dry_run = true;
  bench.branch.replace(config, bench.branch.zone());
  CHECK_THROWS_WITH(bench.approve(one_day, "purged", "ana"), contains("dry_run"));
  CHECK_THROWS_WITH(bench.requests.take_over("ana"), contains("dry_run"));
}

TEST_CASE("a dry run takes no request, and what was asked for before it waits for its end") {
  Bench bench;
  bench.accept(RequestKind::audit, one_day, "ana");
  Config config = bench.branch.config();
  config.dry_run = true;
  bench.branch.replace(config, bench.branch.zone());
  for (const auto kind :
       {RequestKind::sync, RequestKind::backfill, RequestKind::reprocess, RequestKind::audit})
    CHECK_THROWS_WITH(bench.accept(kind, one_day, "ana"), contains("dry_run"));
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  next.resume();
  CHECK(next.running().empty());
  config.dry_run = false;
  bench.branch.replace(config, bench.branch.zone());
  next.resume();
  next.resume();
  CHECK(next.running().size() == 1);
}

TEST_CASE("a target that is no longer configured ends the requests that wait for it, as failed") {
  Bench bench;
  bench.accept(RequestKind::audit, one_day, "ana");
  bench.requests.day_done(done("local", TaskKind::audit));
  bench.requests.forget_target("vps");
  CHECK(bench.told.removed.at(0).state == RequestState::failed);
}

TEST_CASE("a cancelled request strands nobody who wants the same days") {
  Bench bench;
  bench.know({Bench::ledger_day(day)});
  bench.accept(RequestKind::audit, {day, Bench::days_ago(3)}, "ana");
  bench.accept(RequestKind::reprocess, {Bench::days_ago(6), day}, "eve");
  SECTION("the later one") {
    CHECK(bench.cancel(2));
    CHECK(bench.place().lane().days().contains(day));
    CHECK_FALSE(bench.place().lane().days().contains(Bench::days_ago(6)));
    bench.requests.day_done(done("local", TaskKind::audit));
    CHECK(bench.requests.running().at(0).done == 1);
  }
  SECTION("the earlier one") {
    CHECK(bench.cancel(1));
    CHECK(bench.place().lane().days().contains(day));
    bench.requests.day_done(done("local", TaskKind::reprocess));
    CHECK(bench.requests.running().at(0).done == 1);
  }
}

TEST_CASE("of two requests for the same day it is brought once, and counts for both") {
  Bench bench;
  bench.source.set_day(day, {row("a", "1", "10")});
  bench.accept(RequestKind::audit, one_day, "ana");
  bench.accept(RequestKind::audit, one_day, "eve");
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.requests.running().empty(); });
  });
  CHECK(bench.told.removed.size() == 2);
  for (const RequestInfo& info : bench.told.removed) CHECK(info.done == 2);
  CHECK(bench.standing.days == 2);  // in two targets
}

TEST_CASE("a cancelled reprocess is not done under the name of an audit of the same day") {
  Bench bench;
  bench.source.set_day(day, {row("a", "1", "10")});
  bench.accept(RequestKind::audit, one_day, "eve");
  bench.accept(RequestKind::reprocess, one_day, "ana");
  bench.cancel(2);
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.requests.running().empty(); });
  });
  CHECK(bench.local.clears + bench.vps.clears == 0);
  CHECK(bench.told.removed.back().state == RequestState::done);
}

TEST_CASE("a look that does not answer a request leaves its day to be done") {
  Bench bench;
  bench.accept(RequestKind::reprocess, one_day, "ana");
  bench.place().lane().drop(day, Wanting::requests);  // as if it were under way as something else
  bench.requests.day_done(done("local", TaskKind::audit));
  CHECK(bench.requests.running().at(0).done == 0);
  CHECK(bench.place().lane().days().contains(day));
}

TEST_CASE("after a restart a request goes on where it was, and what it counted is not lost") {
  Bench bench;
  const DateRange days{day, Bench::days_ago(3)};
  bench.accept(RequestKind::audit, days, "ana");
  bench.requests.day_done(done("local", TaskKind::audit));
  DayReport held = Bench::held("vps", day, 9);
  held.task.kind = TaskKind::audit;
  bench.requests.day_done(held);
  for (Place& each : bench.places)
    for (int back = 3; back <= 5; ++back)
      each.lane().drop(Bench::days_ago(back), Wanting::requests);
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  next.resume();
  const RequestInfo info = next.running().at(0);
  CHECK(info.total == 6);
  CHECK(info.done == 2);
  CHECK(info.failed == 1);
  CHECK(info.held == 1);
  CHECK_THAT(info.error, contains("is held"));
  CHECK_FALSE(bench.place().lane().days().contains(day));
  CHECK(bench.place().lane().days().contains(Bench::days_ago(4)));
}

TEST_CASE("a backfill goes on with the days that were lacking when it was asked for") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(4)), Bench::ledger_day(Bench::days_ago(3))});
  const DateRange days{day, Bench::days_ago(2)};
  CHECK(bench.accept(RequestKind::backfill, days, "ana").total == 4);
  bench.requests.day_done(done("local", TaskKind::sync));
  bench.know();  // as before the ledgers are read
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  next.resume();
  CHECK(next.running().at(0).total == 4);
  CHECK(next.running().at(0).done == 1);
}

TEST_CASE("progress of a former request is none of the next that gets its number") {
  Bench bench;
  RequestProgress(bench.branch.config().paths.state / "requests").add(1, {{"local", day}});
  bench.accept(RequestKind::audit, one_day, "ana");
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  next.resume();
  CHECK(next.running().at(0).done == 0);
}

TEST_CASE("an approval that was carried out in every target is good for nothing any more") {
  Bench bench;
  hold(bench);
  const Date other = Bench::days_ago(4);
  for (const char* target : {"local", "vps"}) bench.book.add(Bench::held(target, other, 9));
  bench.approve({day, other}, "purged", "ana");
  bench.requests.day_done(done("local", TaskKind::sync));
  CHECK(bench.holdings.decisions().loss(day));
  const bool restarted = GENERATE(false, true);
  bench.requests.day_done(done("vps", TaskKind::sync));
  if (restarted) {
    bench.holdings.decisions().forget_request(1);
    Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places,
                   bench.overview, bench.audience});
    next.resume();
  }
  CHECK_FALSE(bench.holdings.decisions().loss(day));
  CHECK(bench.holdings.decisions().loss(other));
}

TEST_CASE("days after today, by a clock that is behind, are done when they have come") {
  Bench bench;
  bench.accept(RequestKind::audit, {Bench::days_ago(1), Bench::today}, "ana");
  for (Place& each : bench.places)
    for (int back = 0; back <= 1; ++back)
      each.lane().drop(Bench::days_ago(back), Wanting::requests);
  bench.clock.advance(-std::chrono::days(1));
  Requests next({bench.disk, bench.branch, bench.book, bench.holdings, bench.places, bench.overview,
                 bench.audience});
  next.resume();
  CHECK_FALSE(bench.place().lane().days().contains(Bench::today));
  next.ask_for_days_that_came();
  CHECK_FALSE(bench.place().lane().days().contains(Bench::today));
  bench.clock.advance(std::chrono::days(1));
  next.ask_for_days_that_came();
  CHECK(bench.place().lane().days().contains(Bench::today));
}
