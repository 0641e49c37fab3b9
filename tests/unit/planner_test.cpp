// SPDX-License-Identifier: MIT
#include "daemon/service/planner.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

namespace {

const Date today = parse_date("2026-01-10");

/// 2026-01-<day>, audited `after` its end.
LedgerDay known(unsigned day, std::uint64_t huella = 1, std::chrono::hours after = 3h) {
  const Date date = parse_date("2026-01-01") + std::chrono::days(day - 1);
  DayTotals totals;
  totals.filas = 10;
  totals.huella = huella;
  return {date, totals, date + std::chrono::days(1) + after, 3, date + 23h, date + 24h};
}

PlanInput input() {
  PlanInput in;
  in.today = today;
  in.now = today + 12h;
  in.final_from = [](Date date) { return date + std::chrono::days(1) + 2h; };
  return in;
}

std::string spell(const std::vector<PlannedDay>& days) {
  std::string text;
  for (const auto& day : days)
    text += to_string(day.task.date).substr(8) + (day.task.kind == TaskKind::audit ? "v" : "s") +
            (day.late ? "! " : " ");
  return text;
}

}  // namespace

TEST_CASE("an empty ledger without configured history plans nothing: the window is the cycle's") {
  CHECK(plan({}, {}, input()).empty());
}

TEST_CASE("days that were never sent are planned, inner gaps and those since the last, not today") {
  CHECK(spell(plan({known(5), known(7)}, {}, input())) == "06s! 08s! 09s! ");
}

TEST_CASE("a day audited before its closing is planned again, audited for good it is not") {
  CHECK(spell(plan({known(8), known(9, 1, -4h)}, {}, input())) == "09v! ");
}

TEST_CASE("yesterday is not late before its closing pass is due") {
  auto in = input();
  in.now = today + 1h;
  CHECK(plan({known(8), known(9, 1, -4h)}, {}, in).empty());
}

TEST_CASE("days that only the other target has are planned, and days of which the two differ") {
  const KnownDays local{known(6), known(7), known(8), known(9)};
  CHECK(spell(plan({known(7), known(8, 2), known(9)}, local, input())) == "06s! 08v! ");
  CHECK(plan(local, local, input()).empty());
}

TEST_CASE("a configured history is planned where it lacks, and is not late") {
  auto in = input();
  in.historical = DateRange{parse_date("2026-01-06"), parse_date("2026-01-07")};
  CHECK(spell(plan({known(7), known(8), known(9)}, {}, in)) == "06s ");
}

TEST_CASE("what neither target has from before the POS's first sale is not planned") {
  auto in = input();
  in.first_sale = known(7).date;
  CHECK(spell(plan({known(3), known(9)}, {known(5)}, in)) == "05s! 07s! 08s! ");
}

TEST_CASE("a day is put into its place, or replaces what was known") {
  KnownDays days{known(5), known(7)};
  note_day(days, known(6));
  note_day(days, known(7, 9));
  note_day(days, known(8));
  REQUIRE(days.size() == 4);
  CHECK(days[1].date == known(6).date);
  CHECK(days[2].totals.huella == 9);
}

TEST_CASE("the ledger after an outcome says what the target holds since when") {
  const auto now = today + 12h;
  const LedgerDay held = known(5, 7);
  const auto after = [&](const LedgerDay* before, std::uint32_t revision) {
    TargetOutcome outcome;
    outcome.holds = known(5, 8).totals;
    outcome.revision = revision;
    return ledger_after(before, outcome, held.date, now);
  };
  SECTION("a new day") {
    const auto day = after(nullptr, 1);
    CHECK(day.revision == 1);
    CHECK(day.first_sync == now);
    CHECK(day.verified == now);
    CHECK(day.totals.huella == 8);
  }
  SECTION("an audit without differences only renews the verification") {
    const auto day = after(&held, held.revision);
    CHECK(day.last_sync == held.last_sync);
    CHECK(day.verified == now);
  }
  SECTION("a new content is a new revision") {
    const auto day = after(&held, held.revision + 1);
    CHECK(day.first_sync == held.first_sync);
    CHECK(day.last_sync == now);
  }
}
