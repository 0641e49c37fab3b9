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
                            DayAction::reprocessed, DayAction::repaired, DayAction::copied})
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

TEST_CASE(
    "an ended day's change is told in the log line and in the bitacora, an open one's is not") {
  DayResult result = result_with(DayAction::changed);
  TargetOutcome& outcome = *result.targets[0].outcome;
  outcome.change = {0, 1, 0, Decimal::parse("3"), Decimal::parse("-12.5"), {}, {}};
  CHECK(history_text(result).empty());
  CHECK_FALSE(bitacora_entry(result, 99, {}).change);
  outcome.in_history = true;
  CHECK_THAT(describe(result), contains("; rows: 0 added, 1 changed, 0 removed; units +3.0000, "
                                        "sales -12.5000, cost 0.0000"));
  CHECK(bitacora_entry(result, 99, {}).change ==
        BitacoraChange{Decimal::parse("3"), Decimal::parse("-12.5")});
}

TEST_CASE("of a dry run it is told what a day would be, and what it is already") {
  DayResult result = result_with(DayAction::changed);
  result.targets.push_back({"vps", TargetOutcome{}, ""});
  result.targets[1].outcome->action = DayAction::unchanged;
  CHECK_THAT(describe(result, true), contains(", local would be cambiado, vps sin cambios"));
  CHECK_THAT(describe(result), contains(", local cambiado, vps sin cambios"));
}

TEST_CASE("of two targets, that one is told whose sales changed most") {
  DayResult result = result_with(DayAction::repaired);
  TargetOutcome& local = *result.targets[0].outcome;
  local.in_history = true;
  local.before.ledger = local.holds;
  local.change = {0, 1, 0, {}, Decimal::parse("1"), {}, {}};
  result.targets.push_back({"vps", local, ""});
  result.targets[1].outcome->change.venta = Decimal::parse("-2");
  CHECK(bitacora_entry(result, 99, {}).change->sales == Decimal::parse("-2"));
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
