// SPDX-License-Identifier: MIT
#include "lib/sync/horizon.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date today = parse_date("2026-03-01");

Date day(int before) {
  return today - std::chrono::days(before);
}

struct Bench {
  Steps steps;
  FakeSource pos{steps};
  Horizon horizon;

  void sell(int before) { pos.set_day(day(before), {row("a", "1", "10")}); }
  void lose(int before) { pos.set_day(day(before), {}); }
  bool is_before(int before, int oldest = 60) {
    return horizon.is_before(day(before), day(oldest), today, *pos.snapshot(), now);
  }
  Horizon::Instant now{};
};

}  // namespace

TEST_CASE("days before the POS's first sale are behind its horizon, those after it are holes") {
  Bench bench;
  for (int i = 0; i <= 30; ++i) bench.sell(i);
  bench.lose(10);
  CHECK(bench.is_before(60));
  CHECK(bench.is_before(31));
  CHECK_FALSE(bench.is_before(10));
  CHECK(bench.horizon.first_sale() == day(30));
}

TEST_CASE("the horizon moves with the purge") {
  Bench bench;
  for (int i = 0; i <= 30; ++i) bench.sell(i);
  CHECK(bench.is_before(31));
  for (int i = 20; i <= 30; ++i) bench.lose(i);
  CHECK(bench.is_before(20));
  CHECK(bench.is_before(30));
  CHECK(bench.horizon.first_sale() == day(19));
}

TEST_CASE("a POS that gets its sales back has its old horizon again") {
  Bench bench;
  bench.sell(5);
  CHECK(bench.is_before(20));
  bench.sell(40);
  bench.horizon.found_sales(day(40));
  CHECK_FALSE(bench.is_before(20));
  CHECK(bench.is_before(50));
}

TEST_CASE("a POS without any sales has no horizon: whatever is gone is a hole") {
  Bench bench;
  CHECK_FALSE(bench.is_before(20));
  CHECK_FALSE(bench.horizon.first_sale());
  bench.sell(0);
  CHECK(bench.is_before(20));
}

TEST_CASE("a POS that loses its last sales, too, has no horizon any more") {
  Bench bench;
  bench.sell(0);
  CHECK(bench.is_before(20));
  bench.lose(0);
  bench.horizon.found_none(day(0));
  CHECK_FALSE(bench.is_before(20));
}

TEST_CASE("a POS that is older than what the targets know hides no hole") {
  Bench bench;
  bench.sell(100);
  for (int i = 0; i <= 3; ++i) bench.sell(i);
  CHECK_FALSE(bench.is_before(4, 4));
}

TEST_CASE("each day is looked at once") {
  Bench bench;
  for (int i = 0; i <= 30; ++i) bench.sell(i);
  CHECK(bench.is_before(60));
  const auto asked = bench.steps.count();
  for (int i = 31; i <= 60; ++i) CHECK(bench.is_before(i));
  CHECK(bench.steps.count() == asked + 30);  // the snapshots of this test
}

TEST_CASE("a POS restored from a backup makes holes of archived days within the hour") {
  Bench bench;
  for (int i = 0; i <= 5; ++i) bench.sell(i);
  CHECK(bench.is_before(10));
  for (int i = 6; i <= 30; ++i)
    if (i != 10) bench.sell(i);
  bench.now += std::chrono::minutes(59);
  CHECK(bench.is_before(10));
  bench.now += std::chrono::minutes(2);
  CHECK_FALSE(bench.is_before(10));
  CHECK(bench.is_before(31));
  CHECK(bench.horizon.first_sale() == day(30));
}

TEST_CASE("a first day whose sales add up to nothing is a day with sales") {
  Bench bench;
  for (int i = 0; i <= 5; ++i) bench.sell(i);
  bench.pos.set_day(day(20), {row("a", "1", "10"), row("b", "-1", "-10")});
  CHECK_FALSE(bench.is_before(10));
  CHECK(bench.is_before(21));
}
