// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_queue.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

namespace {

const Date day = parse_date("2026-01-05");
const auto now = SteadyClock::time_point{} + 1h;

DayTask task(int offset, Priority priority, TaskKind kind = TaskKind::sync) {
  return {day + std::chrono::days(offset), priority, kind};
}

std::string order(DayQueue& queue) {
  std::string dates;
  while (const auto next = queue.pop(now, {})) dates += to_string(next->date).substr(8) + " ";
  return dates;
}

}  // namespace

TEST_CASE("the more urgent priority goes first, and within one the newest day") {
  DayQueue queue;
  queue.push(task(0, Priority::historical));
  queue.push(task(3, Priority::verification));
  queue.push(task(1, Priority::historical));
  queue.push(task(4, Priority::window));
  queue.push(task(5, Priority::today));
  queue.push(task(2, Priority::requested));
  CHECK(order(queue) == "10 09 07 06 05 08 ");
}

TEST_CASE(
    "a day that comes twice is done once, with the more urgent priority and the larger kind") {
  DayQueue queue;
  queue.push(task(0, Priority::verification, TaskKind::verify));
  queue.push(task(0, Priority::window));
  CHECK(queue.size() == 1);
  const auto merged = queue.pop(now, {});
  CHECK(merged->priority == Priority::window);
  CHECK(merged->kind == TaskKind::verify);
}

TEST_CASE("a day that is being worked on is not given a second time") {
  DayQueue queue;
  queue.push(task(0, Priority::today));
  CHECK_FALSE(queue.pop(now, {day}).has_value());
  CHECK(queue.pop(now, {}).has_value());
}

TEST_CASE("a day waits for its time; a more urgent request does not let it wait") {
  DayQueue queue;
  queue.push_later(task(0, Priority::historical), now + 10s);
  CHECK_FALSE(queue.pop(now, {}).has_value());
  CHECK(queue.next_start(now) == now + 10s);
  queue.push(task(0, Priority::historical));
  CHECK_FALSE(queue.pop(now, {}).has_value());
  queue.push(task(0, Priority::requested));
  CHECK(queue.pop(now, {}).has_value());
  CHECK(queue.next_start(now) == SteadyClock::time_point::max());
}

TEST_CASE("a full queue refuses history, which the ledgers remember, and never the open days") {
  DayQueue queue(2);
  CHECK(queue.push(task(0, Priority::historical)));
  CHECK(queue.push(task(1, Priority::historical)));
  CHECK_FALSE(queue.push(task(2, Priority::historical)));
  CHECK_FALSE(queue.push(task(2, Priority::verification)));
  CHECK(queue.push(task(1, Priority::verification)));
  CHECK(queue.push(task(3, Priority::today)));
  CHECK(queue.size() == 3);
}
