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
  queue.push(task(0, Priority::verification, TaskKind::audit));
  queue.push(task(0, Priority::window));
  CHECK(queue.size() == 1);
  const auto merged = queue.pop(now, {});
  CHECK(merged->priority == Priority::window);
  CHECK(merged->kind == TaskKind::audit);
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

TEST_CASE("of two that want a day late and now it is both, before either") {
  DayQueue queue;
  queue.push(task(1, Priority::requested));
  queue.push(task(0, Priority::late, TaskKind::audit));
  DayTask asked = task(0, Priority::requested, TaskKind::reprocess);
  asked.look = true;
  queue.push(asked);
  const auto first = queue.pop(now, {});
  CHECK(first->date == day);
  CHECK(first->priority == Priority::requested_late);
  CHECK(first->kind == TaskKind::reprocess);
}

TEST_CASE("requests have their turns one after the other, of each the newest day first") {
  DayQueue queue;
  const auto ask = [&queue](int offset, std::uint64_t request) {
    DayTask asked = task(offset, Priority::requested);
    asked.look = true;
    asked.request = request;
    queue.push(asked);
  };
  for (const int offset : {0, 1, 2, 3}) ask(offset, 1);
  for (const int offset : {10, 11}) ask(offset, 2);
  ask(20, 9);
  CHECK(order(queue) == "08 16 25 07 15 06 05 ");
}

TEST_CASE(
    "what requests want of a day is taken back without what the service wants, and the other way") {
  DayQueue queue;
  queue.push(task(0, Priority::late, TaskKind::audit));
  DayTask asked = task(0, Priority::requested, TaskKind::reprocess);
  asked.look = true;
  asked.actor = "ana";
  queue.push(asked);
  SECTION("a cancelled reprocess is not done") {
    queue.drop(day, Wanting::requests);
    const auto left = queue.pop(now, {});
    CHECK(left->kind == TaskKind::audit);
    CHECK(left->priority == Priority::late);
    CHECK(left->actor.empty());
    CHECK_FALSE(left->look);
  }
  SECTION("a day that the ledger lacks no longer is still asked for") {
    queue.drop(day, Wanting::service);
    const auto left = queue.pop(now, {});
    CHECK(left->kind == TaskKind::reprocess);
    CHECK(left->priority == Priority::requested);
  }
  SECTION("what nobody wants goes") {
    queue.drop(day, Wanting::service);
    queue.drop(day, Wanting::requests);
    CHECK(queue.size() == 0);
    CHECK_FALSE(queue.pop(now, {}));
  }
}

TEST_CASE("the window's days stay when a request for them is taken back, as the cycle wants them") {
  DayQueue queue;
  queue.push(task(0, Priority::window));
  DayTask asked = task(0, Priority::requested, TaskKind::reprocess);
  asked.look = true;
  queue.push(asked);
  const auto both = queue.pop(now, {});  // it fails, and waits again as one
  queue.push_later(*both, now + 10s);
  queue.drop(day, Wanting::requests);
  const auto left = queue.pop(now + 10s, {});
  CHECK(left->kind == TaskKind::sync);
  CHECK(left->priority == Priority::window);
}

TEST_CASE("a day that is taken out of its turn takes along what was asked of it since") {
  DayQueue queue;
  queue.push_later(task(0, Priority::requested, TaskKind::reprocess), now + 10s);
  const auto taken = queue.take(task(0, Priority::today));
  CHECK(taken.kind == TaskKind::reprocess);
  CHECK(taken.priority == Priority::today);
  CHECK(queue.size() == 0);
  CHECK(queue.next_start(now) == SteadyClock::time_point::max());
  CHECK(queue.take(task(1, Priority::late)).date == day + std::chrono::days(1));
}
