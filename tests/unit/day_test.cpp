// SPDX-License-Identifier: MIT
#include "daemon/lanes/day.hpp"

#include "daemon/lanes/day_text.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

DayResult result_with(DayAction action) {
  DayResult result;
  result.date = day;
  result.totals.emplace().filas = 7;
  TargetOutcome outcome;
  outcome.action = action;
  result.targets.push_back({"local", outcome, ""});
  return result;
}

}  // namespace

TEST_CASE("a day is changed when its rows were written, not when it was looked at or held") {
  for (const auto action : {DayAction::created, DayAction::changed, DayAction::approved,
                            DayAction::rewritten, DayAction::repaired, DayAction::copied})
    CHECK(is_change(action));
  for (const auto action :
       {DayAction::unchanged, DayAction::archived, DayAction::held, DayAction::postponed})
    CHECK_FALSE(is_change(action));
}

TEST_CASE("a failure counts for more than a hold: ERROR, RETENIDO, OK") {
  DayResult result = result_with(DayAction::held);
  CHECK(result.estado() == Estado::ok);
  result.hold = "9 of 10 rows would go";
  CHECK(result.estado() == Estado::held);
  result.error = "vps: INSERT denied";
  CHECK(result.estado() == Estado::error);
  CHECK(bitacora_entry(result, 99, {}).error == "vps: INSERT denied; held: 9 of 10 rows would go");
}

TEST_CASE("the bitacora has a word for each target, also for one that is not configured") {
  const auto entry = bitacora_entry(result_with(DayAction::created), 99, {});
  CHECK(entry.local == "nuevo");
  CHECK(entry.vps == "omitido");
  CHECK(entry.rows == 7);
  CHECK(entry.branch == 99);
}

TEST_CASE("who decides about a held day is told how: the client's way, or once's own") {
  CHECK_THAT(hold_text(day, "9 rows would go", Loss{}, false),
             contains("consolidadorctl approve 2026-01-05"));
  CHECK_THAT(hold_text(day, "9 rows would go", Loss{}, false, Decided::by_once),
             contains("once --from 2026-01-05 --to 2026-01-05 --approve-loss"));
  CHECK_THAT(hold_text(day, "two contents", std::nullopt, true),
             contains("restore 2026-01-05 --from local|vps"));
  CHECK(hold_text(day, "not looked for yet", std::nullopt, false) == "not looked for yet");
}
