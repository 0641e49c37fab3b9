// SPDX-License-Identifier: MIT
#include "daemon/service/day_news.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date window_start = parse_date("2026-01-09");

DayReport report(DayAction action, Date date) {
  DayReport done;
  done.task.date = date;
  done.target = "vps";
  done.outcome.emplace().action = action;
  done.outcome->in_history = true;
  return done;
}

/// A closed day of the VPS that held `held` where `ledger` had been proven, and holds `wanted` now.
DayReport written(DayAction action, const std::vector<SalesRow>& held, const DayTotals& ledger,
                  const std::vector<SalesRow>& wanted) {
  const Date day = parse_date("2026-01-05");
  DayReport done = report(action, day);
  done.totals = totals_of(wanted, branch_id, day);
  done.outcome->before = {totals_of(held, branch_id, day), ledger, 1};
  done.outcome->change = change_of(compare(held, wanted));
  return done;
}

DayTotals proven(const std::vector<SalesRow>& rows) {
  return totals_of(rows, branch_id, parse_date("2026-01-05"));
}

const std::vector<SalesRow> three{row("a", "1", "10", "5"), row("b", "2", "20", "8"),
                                  row("c", "3", "30", "9")};
const std::vector<SalesRow> altered{row("a", "1", "17", "5"), row("b", "2", "20", "8"),
                                    row("x", "3", "30", "9")};

}  // namespace

TEST_CASE("a closed day that is written again is a late change, one of the window is not") {
  const Date closed = window_start - std::chrono::days(1);
  for (const auto action :
       {DayAction::changed, DayAction::repaired, DayAction::reprocessed, DayAction::approved}) {
    CHECK(is_late_change(report(action, closed), window_start));
    CHECK_FALSE(is_late_change(report(action, window_start), window_start));
  }
}

TEST_CASE("a day that was written again as it was has not changed, a damaged one was mended") {
  const auto again = written(DayAction::reprocessed, three, proven(three), three);
  CHECK_FALSE(is_late_change(again, window_start));
  CHECK(
      is_late_change(written(DayAction::reprocessed, three, proven(three), altered), window_start));
  CHECK(
      is_late_change(written(DayAction::reprocessed, three, proven(altered), three), window_start));
}

TEST_CASE("a closed day that comes for the first time, or is not written, is no late change") {
  const Date closed = window_start - std::chrono::days(1);
  for (const auto action : {DayAction::created, DayAction::copied, DayAction::unchanged,
                            DayAction::held, DayAction::archived, DayAction::postponed})
    CHECK_FALSE(is_late_change(report(action, closed), window_start));
  auto failed = report(DayAction::changed, closed);
  failed.outcome.reset();
  CHECK_FALSE(is_late_change(failed, window_start));
}

TEST_CASE("a late change is told in rows, in money and by product") {
  const auto done = written(DayAction::changed, three, proven(three), altered);
  CHECK(late_change_text(done) ==
        "2026-01-05 vps: a closed day was changed in the POS: units 6.0000 to 6.0000, sales "
        "60.0000 to 67.0000 (difference +7.0000); rows: 1 added, 1 changed, 1 removed; units "
        "0.0000, sales +7.0000, cost 0.0000; largest c -30.0000, x +30.0000, a +7.0000");
}

TEST_CASE("of a repair it is told what had been altered, not what the repair made of it") {
  const auto done = written(DayAction::repaired, altered, proven(three), three);
  CHECK(late_change_text(done) ==
        "2026-01-05 vps: a closed day was repaired: rows of vps were found altered: 1 "
        "changed, 1 missing, 1 foreign; units 0.0000, sales +7.0000, cost 0.0000; largest c "
        "-30.0000, x +30.0000, a +7.0000; repaired: sales -7.0000");
}

TEST_CASE("of a damaged day that the POS has changed, too, that is told") {
  const auto done = written(DayAction::repaired, altered, proven(three), {three[0]});
  CHECK_THAT(late_change_text(done), contains("found altered: 1 changed, 0 missing, 2 foreign; "));
  CHECK_THAT(late_change_text(done),
             contains("; the POS has changed the day, too, and these figures hold both"));
}

TEST_CASE("where both are known, each has its own money, after less before") {
  auto done = written(DayAction::repaired, altered, proven(three), {three[0]});
  done.outcome->repaired = change_of(compare(altered, three));
  done.outcome->followed = change_of(compare(three, std::span(three).first(1)));
  CHECK_THAT(
      late_change_text(done),
      contains("found altered: 1 changed, 1 missing, 1 foreign; units 0.0000, sales +7.0000"));
  CHECK_THAT(
      late_change_text(done),
      contains("; repaired: sales -7.0000; then changed in the POS: rows: 0 added, 0 changed, "
               "2 removed; units -5.0000, sales -50.0000"));
}

TEST_CASE("what a day closes with is no late change") {
  auto done = report(DayAction::changed, window_start - std::chrono::days(1));
  done.outcome->in_history = false;
  CHECK_FALSE(is_late_change(done, window_start));
}

TEST_CASE("where the ledger alone was altered, no row is blamed") {
  const auto done = written(DayAction::repaired, three, proven(altered), three);
  CHECK(late_change_text(done) ==
        "2026-01-05 vps: a closed day was repaired: the ledger of vps was found altered, its rows "
        "were not; repaired");
}

TEST_CASE("a code that somebody has made up breaks no line of the log") {
  const auto done = written(DayAction::changed, {}, proven({}), {row("x\ny", "1", "10")});
  CHECK(late_change_text(done).find('\n') == std::string::npos);
}
