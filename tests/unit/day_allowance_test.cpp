// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_allowance.hpp"

#include "daemon/lanes/holdings.hpp"
#include "lib/db/patience.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const Date day = parse_date("2026-01-05");
const TimeLimits configured{50s, 900s};
const Error timed_out(ErrorClass::transient, ErrorCause::server, "too long", 1969);
const Error cut(ErrorClass::transient, ErrorCause::deadline, "no end");

LedgerDay ledger_day(int days_before, std::uint64_t rows) {
  LedgerDay known;
  known.date = day - std::chrono::days(days_before);
  known.totals.filas = rows;
  return known;
}

}  // namespace

TEST_CASE(
    "a day of usual size is allowed what is configured, a larger one as much more as it has rows") {
  CHECK(limits_for(configured, 0, 0) == configured);
  CHECK(limits_for(configured, 25'000, 0) == configured);
  CHECK(limits_for(configured, 1'000'000, 0) == TimeLimits{3'200s, 9'600s});
  CHECK(limits_for({2h, 3h}, 1'000'000, 0) == TimeLimits{2h, 3h});
}

TEST_CASE("what a day is allowed doubles with each limit that it runs into, up to an end") {
  CHECK(limits_for(configured, 10, 1) == TimeLimits{100s, 1'800s});
  CHECK(limits_for(configured, 10, 3) == TimeLimits{400s, 7'200s});
  CHECK(limits_for(configured, 10, 5) == limits_for(configured, 10, 50));
  CHECK(limits_for(configured, 1'000'000'000, 5) == TimeLimits{24h, 24h});
  CHECK(limits_for({24h, 24h}, 10, 5) == TimeLimits{24h, 24h});
}

TEST_CASE("a limit says how long the day was allowed, by which key, and what it has next") {
  DayAllowance allowance(configured);
  CHECK_THAT(allowance.failed(day, 10, timed_out).what(),
             Contains("too long; the day was allowed 50s (timeouts.statement), and has 100s"));
  CHECK_THAT(allowance.failed(day, 10, cut).what(),
             Contains("no end; the day was allowed 30min (timeouts.unit), and has 1h"));
  CHECK(allowance.of(day, 10) == limits_for(configured, 10, 2));
  CHECK(allowance.of(day + std::chrono::days(1), 10) == configured);
  allowance.got_through(day);
  CHECK(allowance.of(day, 10) == configured);
}

TEST_CASE("what is no limit gives a day no more time") {
  DayAllowance allowance(configured);
  const Error other(ErrorClass::transient, ErrorCause::link, "gone", 2013);
  CHECK(allowance.failed(day, 10, other).what() == std::string("gone"));
  CHECK(allowance.of(day, 10) == configured);
}

TEST_CASE("a day is thought to have the rows of a ledger, a new one those of the week before it") {
  Holdings holdings(99, {}, [] { return day; });
  CHECK(rows_thought(holdings, day) == 0);
  holdings.ledger_read("local", {ledger_day(9, 900), ledger_day(3, 300), ledger_day(2, 200)});
  CHECK(rows_thought(holdings, day) == 900);
  holdings.ledger_read("vps", {ledger_day(12, 4'000), ledger_day(0, 1'000)});
  CHECK(rows_thought(holdings, day) == 1'000);
  CHECK(rows_thought(holdings, day - std::chrono::days(12)) == 4'000);
}

TEST_CASE("patience is the thread's own, for as long as its scope") {
  CHECK(Patience::of_this_thread() == 0s);
  {
    const Patience::Scope outer(60s);
    const Patience::Scope inner(90s);
    CHECK(Patience::of_this_thread() == 90s);
  }
  CHECK(Patience::of_this_thread() == 0s);
}
