// SPDX-License-Identifier: MIT
#include "daemon/service/schedule.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

const TimeZone madrid("Europe/Madrid");
const Schedule::Instant noon = parse_utc("2026-01-05 12:00:00");

ScheduleOptions options() {
  ScheduleOptions o;
  o.every = 5min;
  o.close_at = 120min;
  o.verifications_per_hour = 0;
  o.branch_id = 99;
  return o;
}

/// Runs the schedule over `length` of undisturbed time, asking only when it wants to be asked.
struct Run {
  int cycles = 0, closings = 0, verifications = 0, questions = 0;
  milliseconds longest_gap{0};

  Run(Schedule& schedule, Schedule::Instant from, seconds length) {
    auto last_cycle = from;
    for (auto now = from; now < from + length; now = schedule.next(now)) {
      ++questions;
      const Due due = schedule.take_due(now);
      closings += due.closing ? 1 : 0;
      verifications += due.verify ? 1 : 0;
      if (!due.cycle) continue;
      ++cycles;
      longest_gap = std::max(longest_gap, duration_cast<milliseconds>(now - last_cycle));
      last_cycle = now;
    }
  }
};

}  // namespace

TEST_CASE("the first cycle is due at once, the next within the interval, then one each interval") {
  Schedule schedule(options(), madrid, noon);
  CHECK(schedule.take_due(noon).cycle);
  CHECK_FALSE(schedule.take_due(noon).cycle);
  CHECK(schedule.next(noon) > noon);
  CHECK(schedule.next(noon) <= noon + 5min);
  const Run day(schedule, noon, 24h);
  CHECK(day.cycles == 288);
  CHECK(day.closings == 1);
  CHECK(day.longest_gap <= 5min);
  CHECK(day.questions < 300);
}

TEST_CASE("ticks lie on the branch's own grid, whenever the process was started") {
  Schedule early(options(), madrid, noon), late(options(), madrid, noon + 137s);
  early.take_due(noon);
  late.take_due(noon + 137s);
  const auto grid = [](const Schedule& s) { return s.next_cycle().time_since_epoch() % 5min; };
  CHECK(grid(early) == grid(late));
}

TEST_CASE("three hundred branches spread over the interval instead of striking together") {
  std::set<seconds> seconds_hit;
  for (std::int32_t id = 1; id <= 300; ++id) {
    const auto offset = Schedule::offset(id, 5min);
    CHECK(offset >= 0ms);
    CHECK(offset < 5min);
    seconds_hit.insert(duration_cast<seconds>(offset));
  }
  CHECK(seconds_hit.size() > 180);
  CHECK(Schedule::offset(99, 5min) == Schedule::offset(99, 5min));
}

TEST_CASE("a machine that slept for three days gets one cycle and one closing pass") {
  Schedule schedule(options(), madrid, noon);
  schedule.take_due(noon);
  const Due due = schedule.take_due(noon + 72h);
  CHECK(due.cycle);
  CHECK(due.closing);
  const Due again = schedule.take_due(noon + 72h);
  CHECK_FALSE(again.cycle);
  CHECK_FALSE(again.closing);
}

TEST_CASE("a clock that is set back repeats no closing pass and stops no cycles") {
  Schedule schedule(options(), madrid, noon);
  CHECK(schedule.take_due(noon + 24h).closing);
  const auto back = noon - 48h;
  CHECK_FALSE(schedule.take_due(back).closing);
  CHECK(schedule.next(back) <= back + 5min);
  const Run day(schedule, back, 24h);
  CHECK(day.cycles >= 286);
  CHECK(day.closings == 0);
  CHECK(schedule.take_due(noon + 48h).closing);
}

TEST_CASE("every day is closed once over the changes of daylight saving") {
  for (const char* start : {"2026-03-27 12:00:00", "2026-10-23 12:00:00"}) {
    const Schedule::Instant from = parse_utc(start);
    Schedule schedule(options(), madrid, from);
    CHECK(Run(schedule, from, 96h).closings == 4);
  }
}

TEST_CASE("a closing time that daylight saving skips is not lost") {
  auto o = options();
  o.close_at = 150min;  // 02:30 does not exist on 2026-03-29 in Madrid
  const Schedule::Instant from = parse_utc("2026-03-28 12:00:00");
  Schedule schedule(o, madrid, from);
  CHECK(Run(schedule, from, 24h).closings == 1);
}

TEST_CASE("verifications are spread evenly, and none come when they are switched off") {
  auto o = options();
  o.verifications_per_hour = 4;
  Schedule schedule(o, madrid, noon);
  CHECK(Run(schedule, noon, 10h).verifications == 40);
  Schedule without(options(), madrid, noon);
  CHECK(Run(without, noon, 10h).verifications == 0);
}

TEST_CASE("head office hears of a branch every 15 minutes, however rare its cycles are") {
  for (const auto every : {5min, 15min, 60min, 24 * 60min}) {
    ScheduleOptions rare = options();
    rare.every = every;
    Schedule schedule(rare, madrid, noon);
    auto silent_since = noon;
    for (auto now = noon; now < noon + 48h; now = schedule.next(now)) {
      const Due due = schedule.take_due(now);
      CHECK(now - silent_since <= 15min);
      if (due.cycle || due.heartbeat) silent_since = now;
    }
  }
}
