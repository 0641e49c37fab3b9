// SPDX-License-Identifier: MIT
#include "daemon/lanes/decisions.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

const Date day = parse_date("2026-01-05");
const Date next = parse_date("2026-01-06");

Approval by_ana(std::uint64_t rows) {
  return {{DayTotals{}, DayTotals{rows, {}, {}, {}, 0}}, "ana", "purged"};
}

}  // namespace

TEST_CASE("a decision has its request, its approval and a text that says who and why") {
  Decisions decisions;
  decisions.approve(1, day, by_ana(9));
  CHECK(decisions.loss(day)->shown.filas == 9);
  CHECK(decisions.approval(day)->actor == "ana");
  CHECK(decisions.text(day) == "approved by ana: purged");
  CHECK_FALSE(decisions.restored_from(day));
  decisions.restore(2, next, "vps", by_ana(9));
  CHECK(decisions.text(next) == "restored from vps by ana: purged");
  CHECK(decisions.restored_from(next) == "vps");
}

TEST_CASE("of a day of which nothing was decided nothing is known") {
  Decisions decisions;
  decisions.approve(1, day, by_ana(9));
  CHECK_FALSE(decisions.loss(next));
  CHECK_FALSE(decisions.approval(next));
  CHECK(decisions.text(next).empty());
  CHECK_FALSE(decisions.restored_from(next));
  CHECK_FALSE(decisions.forget_day(next));
}

TEST_CASE("a later decision of a day takes the place of the one before") {
  Decisions decisions;
  decisions.restore(1, day, "local", by_ana(9));
  decisions.approve(2, day, by_ana(7));
  CHECK(decisions.loss(day)->shown.filas == 7);
  CHECK_FALSE(decisions.restored_from(day));
}

TEST_CASE("decisions are forgotten with their request, or day by day") {
  Decisions decisions;
  decisions.approve(1, day, by_ana(9));
  decisions.approve(1, next, by_ana(9));
  CHECK(decisions.forget_day(day) == 1);
  CHECK_FALSE(decisions.loss(day));
  decisions.forget_request(2);
  CHECK(decisions.loss(next));
  decisions.forget_request(1);
  CHECK_FALSE(decisions.loss(next));
}
