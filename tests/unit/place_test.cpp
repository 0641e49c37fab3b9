// SPDX-License-Identifier: MIT
#include "daemon/service/place.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/service_bench.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

using Bench = ServiceBench;

DayReport recorded(Date date, DayAction action = DayAction::created) {
  DayReport report = Bench::report("local", date, action);
  report.outcome->recorded = true;
  report.outcome->revision = 1;
  report.outcome->holds.filas = 10;
  return report;
}

}  // namespace

TEST_CASE("what the ledger lacks is planned, is late, and is late no more when it has come") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(4)), Bench::ledger_day(Bench::days_ago(2))});
  Place& place = bench.place();
  place.plan(nullptr, std::nullopt);
  CHECK(place.late() == 2);
  CHECK(place.oldest_late() == Bench::days_ago(3));
  CHECK(place.lane().days().contains(Bench::days_ago(3)));
  CHECK_FALSE(place.lane().days().contains(Bench::days_ago(2)));
  place.learn_from(recorded(Bench::days_ago(3)));
  place.learn_from(recorded(Bench::days_ago(1)));
  CHECK(place.late() == 0);
  CHECK_FALSE(place.oldest_late());
  CHECK(place.last_audited() == Bench::days_ago(1));
  CHECK(find_day(place.ledger(), Bench::days_ago(3))->totals.filas == 10);
}

TEST_CASE("a target is audited up to the last closed day without a gap before it") {
  Bench bench;
  Place& place = bench.place();
  bench.know({Bench::ledger_day(Bench::days_ago(4)), Bench::ledger_day(Bench::days_ago(3)),
              Bench::ledger_day(Bench::days_ago(1)), Bench::ledger_day(Bench::today)});
  place.plan(nullptr, std::nullopt);
  CHECK(place.last_audited() == Bench::days_ago(3));
  place.learn_from(recorded(Bench::days_ago(2)));
  CHECK(place.last_audited() == Bench::days_ago(1));  // today is not closed
  place.learn_from(Bench::report("local", Bench::days_ago(3), DayAction::held));  // its row is gone
  CHECK(place.last_audited() == Bench::days_ago(4));
}

TEST_CASE("days that no target was ever sent are a gap, also where the POS begins later") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(6)), Bench::ledger_day(Bench::days_ago(1))});
  bench.place().plan(nullptr, Bench::days_ago(2));
  CHECK(bench.place().last_audited() == Bench::days_ago(6));
  bench.place().plan(nullptr, Bench::days_ago(1));
  CHECK(bench.place().last_audited() == Bench::days_ago(6));
  CHECK(bench.place().late() == 0);
}

TEST_CASE("an older day that only another target holds is a gap") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(2)), Bench::ledger_day(Bench::days_ago(1))});
  bench.place().plan(nullptr, std::nullopt);
  CHECK(bench.place().last_audited() == Bench::days_ago(1));
  bench.holdings.ledger_read("vps", {Bench::ledger_day(Bench::days_ago(9))});
  CHECK_FALSE(bench.place().last_audited());
}

TEST_CASE("since when days are late is kept until none is") {
  Bench bench;
  Place& place = bench.place();
  const auto before = Bench::today - std::chrono::hours(30);
  place.remember_late(before);
  bench.know({Bench::ledger_day(Bench::days_ago(3)), Bench::ledger_day(Bench::days_ago(1))});
  place.plan(nullptr, std::nullopt);
  CHECK(place.late_since() == before);
  place.learn_from(recorded(Bench::days_ago(2)));
  CHECK_FALSE(place.late_since());
}

TEST_CASE("days of the history that are still to come are no gap") {
  Bench bench;
  Config config = bench.branch.config();
  config.historical = DateRange{Bench::days_ago(6), Bench::days_ago(1)};
  bench.branch.replace(config, TimeZone("UTC"));
  bench.know({Bench::ledger_day(Bench::days_ago(6)), Bench::ledger_day(Bench::days_ago(1))});
  bench.place().plan(nullptr, std::nullopt);
  CHECK(bench.place().last_audited() == Bench::days_ago(1));
}

TEST_CASE("a day that was recorded before its end is a gap, though nobody has planned it yet") {
  Bench bench;
  auto open = Bench::ledger_day(Bench::days_ago(1));
  open.verified = Bench::days_ago(1) + std::chrono::hours(20);
  bench.know({Bench::ledger_day(Bench::days_ago(3)), open});
  bench.place().learn_from(recorded(Bench::days_ago(2)));
  CHECK(bench.place().last_audited() == Bench::days_ago(2));
}

TEST_CASE("a day audited before its end, or in a time to come, is not closed") {
  Bench bench;
  auto early = Bench::ledger_day(Bench::days_ago(3));
  early.verified = Bench::days_ago(3) + std::chrono::hours(20);
  auto ahead = Bench::ledger_day(Bench::days_ago(2));
  ahead.verified = Bench::today + std::chrono::days(400);
  bench.know({Bench::ledger_day(Bench::days_ago(4)), early, ahead});
  Place& place = bench.place();
  place.plan(nullptr, std::nullopt);
  CHECK(place.last_audited() == Bench::days_ago(4));
  for (const int day : {3, 2}) {
    CHECK_FALSE(place.day(Bench::days_ago(day), std::nullopt).closed);
    CHECK(place.lane().days().contains(Bench::days_ago(day)));
  }
}

TEST_CASE("what the POS never had is taken back when its first day with sales is known") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(4)), Bench::ledger_day(Bench::days_ago(1))});
  Place& place = bench.place();
  place.plan(nullptr, std::nullopt);
  CHECK(place.late() == 2);
  place.plan(nullptr, Bench::days_ago(2));
  CHECK(place.late() == 1);
  CHECK(place.oldest_late() == Bench::days_ago(2));
  CHECK_FALSE(place.lane().days().contains(Bench::days_ago(3)));
}

TEST_CASE("a ledger row that is found gone is known to be gone") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(1))});
  bench.place().learn_from(Bench::report("local", Bench::days_ago(1), DayAction::unchanged));
  CHECK(bench.place().ledger().size() == 1);  // nobody has looked
  bench.place().learn_from(Bench::report("local", Bench::days_ago(1), DayAction::held));
  CHECK(bench.place().ledger().empty());
}

TEST_CASE("days that only the other target has are planned for this one") {
  Bench bench;
  bench.holdings.ledger_read("local", {});
  bench.holdings.ledger_read("vps", {Bench::ledger_day(Bench::days_ago(1))});
  bench.place("local").plan(&bench.place("vps"), std::nullopt);
  CHECK(bench.place("local").lane().days().contains(Bench::days_ago(1)));
}

TEST_CASE("a day that waits for the other target is still late, one that is archived here is not") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(4))});
  Place& place = bench.place();
  place.plan(nullptr, std::nullopt);
  place.learn_from(Bench::report("local", Bench::days_ago(3), DayAction::postponed));
  place.learn_from(
      Bench::report("local", Bench::days_ago(2), DayAction::archived));  // and not there
  CHECK(place.late() == 3);
  auto archived = Bench::report("local", Bench::days_ago(2), DayAction::archived);
  archived.outcome->before.ledger = archived.outcome->before.actual;
  place.learn_from(archived);
  CHECK(place.late() == 2);
}

TEST_CASE("a ledger that was changed by hand is known as it was seen") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(1))});
  auto report = Bench::report("local", Bench::days_ago(1), DayAction::held);
  report.outcome->before.ledger.emplace().filas = 7;
  report.outcome->before.revision = 9;
  bench.place().learn_from(report);
  CHECK(bench.place().ledger().back().totals.filas == 7);
  CHECK(bench.holdings.revision("local", Bench::days_ago(1)) == 9);
  CHECK(bench.place("vps").ledger().back().totals.filas == 10);
}

TEST_CASE("days in trouble and days that could not be proven do not keep others from their turn") {
  Bench bench;
  bench.know();
  Place& place = bench.place();
  const std::vector<Date> days{Bench::days_ago(9), Bench::days_ago(8), Bench::days_ago(7)};
  auto unproven = Bench::report("local", Bench::days_ago(8), DayAction::held);
  unproven.task.priority = Priority::verification;
  place.learn_from(unproven);
  place.verify_next(days, {Bench::days_ago(9)});
  CHECK(place.lane().days().contains(Bench::days_ago(7)));
  CHECK(place.lane().days().size() == 1);
}

TEST_CASE("when all have had their turn those that could not be proven have theirs again") {
  Bench bench;
  bench.know();
  Place& place = bench.place();
  auto unproven = Bench::report("local", Bench::days_ago(8), DayAction::held);
  unproven.task.priority = Priority::verification;
  place.learn_from(unproven);
  place.verify_next({Bench::days_ago(8)}, {});
  CHECK(place.lane().days().size() == 0);
  place.verify_next({Bench::days_ago(8)}, {});
  CHECK(place.lane().days().contains(Bench::days_ago(8)));
}

TEST_CASE(
    "a day is closed when it was audited after its closing pass, archived before the horizon") {
  Bench bench;
  LedgerDay early = Bench::ledger_day(Bench::days_ago(2));
  early.verified = Bench::days_ago(2) + std::chrono::hours(20);
  bench.know({Bench::ledger_day(Bench::days_ago(3)), early});
  const Place& place = bench.place();
  CHECK(place.day(Bench::days_ago(3), std::nullopt).closed);
  CHECK_FALSE(place.day(Bench::days_ago(2), std::nullopt).closed);
  CHECK_FALSE(place.day(Bench::days_ago(3), std::nullopt).archived);
  CHECK(place.day(Bench::days_ago(3), Bench::days_ago(2)).archived);
  CHECK_FALSE(place.day(Bench::days_ago(1), std::nullopt).ledger);
  CHECK(place.archived(std::nullopt) == 0);
  CHECK(place.archived(Bench::days_ago(2)) == 1);
}

TEST_CASE("the status of a target has what waits for it") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(3))});
  bench.place().plan(nullptr, std::nullopt);
  const TargetStatus status = bench.place().status();
  CHECK(status.name == "local");
  CHECK_FALSE(status.up);
  CHECK(status.pending == 2);
  CHECK(status.late == 2);
  CHECK(status.oldest_late == Bench::days_ago(2));
  CHECK(status.last_audited == Bench::days_ago(3));
}

TEST_CASE("a place that is removed is found no more, and its lane is forgotten when it has ended") {
  Bench bench;
  bench.know();
  CHECK(bench.places.size() == 2);
  bench.places.remove("vps");
  CHECK(bench.places.find("vps") == nullptr);
  CHECK_FALSE(bench.holdings.is_known("vps"));
  bench.places.forget_ended();
  CHECK(bench.places.size() == 1);
  CHECK(bench.place("local").ledger_known());
}
