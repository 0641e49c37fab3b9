// SPDX-License-Identifier: MIT
#include "daemon/service/cycle.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

namespace {

const Date today = parse_date("2026-01-10");
const Cycle::Instant start{};

DayReport report(const char* target, DayAction action = DayAction::unchanged) {
  DayReport done;
  done.task.date = today;
  done.target = target;
  done.outcome.emplace().action = action;
  return done;
}

DayReport failed(const char* target) {
  DayReport done = report(target);
  done.outcome.reset();
  done.error = DataError("row 3: Upc is empty");
  return done;
}

Cycle begun() {
  Cycle cycle;
  cycle.begin(start);
  cycle.expect("local", today);
  cycle.expect("vps", today);
  return cycle;
}

}  // namespace

TEST_CASE("a cycle ends with the last day that was expected, and says how it went") {
  Cycle cycle = begun();
  CHECK_FALSE(cycle.day_done(report("local", DayAction::created), start + 1s));
  CHECK(cycle.running());
  const auto finished = cycle.day_done(failed("vps"), start + 3s);
  REQUIRE(finished);
  CHECK(finished->days == 2);
  CHECK(finished->changed == 1);
  CHECK(finished->failed == 1);
  CHECK(finished->took == 3s);
  CHECK_FALSE(cycle.running());
}

TEST_CASE("a held day is done, and is no change") {
  Cycle cycle = begun();
  cycle.day_done(report("local", DayAction::held), start);
  const auto finished = cycle.day_done(report("vps"), start);
  CHECK(finished->days == 2);
  CHECK(finished->changed == 0);
}

TEST_CASE("days that nobody expected do not count, nor does one that comes again") {
  Cycle cycle = begun();
  auto old = report("local", DayAction::changed);
  old.task.date = today - std::chrono::days(9);
  CHECK_FALSE(cycle.day_done(old, start));
  cycle.day_done(report("local"), start);
  CHECK_FALSE(cycle.day_done(report("local"), start));
  CHECK(cycle.day_done(report("vps"), start)->days == 2);
  CHECK_FALSE(cycle.day_done(report("vps"), start));
}

TEST_CASE("a target that has gone is waited for no longer") {
  Cycle cycle = begun();
  cycle.day_done(report("local"), start);
  const auto finished = cycle.target_gone("vps", start);
  REQUIRE(finished);
  CHECK(finished->days == 1);
  CHECK_FALSE(cycle.target_gone("vps", start));
}

TEST_CASE("without a target that can be reached a cycle ends at once") {
  Cycle cycle;
  CHECK_FALSE(cycle.end_if_done(start));
  cycle.begin(start);
  CHECK(cycle.end_if_done(start)->days == 0);
}

TEST_CASE("a cycle that is begun while one runs is the same cycle") {
  Cycle cycle = begun();
  cycle.day_done(report("local"), start + 1s);
  cycle.begin(start + 5s);
  cycle.expect("local", today);
  CHECK_FALSE(cycle.day_done(report("vps"), start + 6s));
  const auto finished = cycle.day_done(report("local"), start + 7s);
  CHECK(finished->days == 3);
  CHECK(finished->took == 7s);
}
