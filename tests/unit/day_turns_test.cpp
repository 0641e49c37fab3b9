// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_turns.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/loop_test.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date first = parse_date("2026-01-01");

Date day(int number) {
  return first + std::chrono::days(number);
}

struct Taker : ExtractionTaker {
  bool wants(const DayAtHand&) const override { return keen; }
  bool keen = false;
};

struct Bench {
  Bench() {
    for (int i = 0; i < 10; ++i) source.set_day(day(i), {row("a", "1", "10")});
    extractions.sign_on(other);
  }

  void add(int number, Priority priority) {
    turns.add({day(number), priority, TaskKind::sync, SteadyClock::now()});
  }

  /// The day whose turn it is; nothing: none may begin.
  std::optional<int> next() {
    const auto task = turns.begin_next();
    return task ? std::optional(static_cast<int>((task->date - first).count())) : std::nullopt;
  }

  asio::io_context loop{1};
  Steps steps;
  FakeSource source{steps};
  Holdings holdings{branch_id, {}, [] { return day(9); }};
  Extractions extractions{loop,
                          {branch_id, {}, 10s, {1ms, 2ms}, 1, {1, 100, 0}},
                          {std::shared_ptr<void>(), &source},
                          holdings};
  Taker self, other;
  DayTurns turns{extractions, self};
};

}  // namespace

TEST_CASE("a day is idle no more from its turn until it has ended") {
  Bench bench;
  bench.add(9, Priority::today);
  CHECK(bench.turns.idle());
  CHECK(bench.next() == 9);
  CHECK_FALSE(bench.turns.idle());
  CHECK(bench.turns.contains(day(9)));
  bench.add(9, Priority::today);  // asked for again while it is being brought
  CHECK_FALSE(bench.next());
  bench.turns.end(day(9));
  CHECK(bench.next() == 9);
  bench.turns.end(day(9));
  CHECK(bench.turns.size() == 0);
}

TEST_CASE("while the POS is not to be read old days wait, and what is asked for does not") {
  Bench bench;
  bench.extractions.gate().shut(true);
  bench.add(1, Priority::historical);
  bench.add(2, Priority::requested);
  CHECK(bench.next() == 2);
  CHECK_FALSE(bench.next());
  CHECK(bench.turns.next_start() == SteadyClock::time_point::max());
  bench.extractions.gate().shut(false);
  CHECK(bench.next() == 1);
}

TEST_CASE("an old day that is at hand has its turn before a newer one, the POS shut or not") {
  Bench bench;
  bench.add(1, Priority::historical);
  bench.add(5, Priority::historical);
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    co_await b.extractions.get(day(1), SteadyClock::now(), DayAge::old);
  });
  bench.extractions.gate().shut(true);
  CHECK(bench.next() == 1);
  CHECK_FALSE(bench.next());
}

TEST_CASE("old days wait a while for the other lane when it is behind") {
  Bench bench;
  bench.other.keen = true;
  bench.add(1, Priority::historical);
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    for (int i = 5; i < 8; ++i) co_await b.extractions.get(day(i), {}, DayAge::old);
  });
  CHECK_FALSE(bench.next());
  const auto next = bench.turns.next_start();
  CHECK(next <= SteadyClock::now() + 1s);
  bench.other.keen = false;
  CHECK(bench.next() == 1);
}

TEST_CASE("a day that has to wait is asked for again at its time") {
  Bench bench;
  const auto later = SteadyClock::now() + 1h;
  bench.turns.add_later({day(1), Priority::window, TaskKind::sync, {}}, later);
  CHECK_FALSE(bench.next());
  CHECK(bench.turns.next_start() == later);
}

TEST_CASE("late days, requests and what else is lacking go on beside each other") {
  Bench bench;
  bench.add(9, Priority::today);
  for (const int number : {0, 1, 2, 3}) bench.add(number, Priority::requested);
  for (const int number : {4, 5}) bench.add(number, Priority::late);
  for (const int number : {6, 7}) bench.add(number, Priority::historical);
  std::vector<int> order;
  while (const auto next = bench.next()) order.push_back(*next);
  CHECK(order == std::vector{9, 3, 5, 7, 4, 2, 1, 6, 0});
}

TEST_CASE("late days that may not be read yet keep no request from its turn") {
  Bench bench;
  bench.extractions.gate().shut(true);
  for (const int number : {1, 2}) bench.add(number, Priority::late);
  for (const int number : {3, 4, 5}) bench.add(number, Priority::requested);
  for (const int number : {5, 4, 3}) CHECK(bench.next() == number);
  CHECK_FALSE(bench.next());
}
