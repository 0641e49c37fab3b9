// SPDX-License-Identifier: MIT
#include "lib/sync/clock_watch.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
using test::contains;

namespace {

const Date today = parse_date("2026-01-10");
const ClockWatch::Here here{today + 12h, 5h, today};
const auto yesterday = today - std::chrono::days(1);

std::string doubt(const ClockWatch& clocks, const ClockWatch::Here& now = here,
                  std::optional<Date> newest = yesterday,
                  const std::optional<ClockWatch::Awaited>& awaited = std::nullopt) {
  const auto sales = newest ? std::optional(ClockWatch::Newest{*newest, "local"}) : std::nullopt;
  return clocks.doubt(now, sales, awaited).value_or("");
}

}  // namespace

TEST_CASE("where nobody speaks against the clock it is trusted") {
  CHECK(doubt(ClockWatch()).empty());
  CHECK(doubt(ClockWatch(), here, today).empty());
}

TEST_CASE("sales of days to come in a target or the POS speak against it, until they have come") {
  ClockWatch clocks;
  CHECK_THAT(doubt(clocks, here, today + std::chrono::days(1)),
             contains("local has sales of 2026-01-11, and it is 2026-01-10 here"));
  clocks.heard_of_sales(today + std::chrono::days(1));
  CHECK_THAT(doubt(clocks), contains("the POS has sales of 2026-01-11, and it is 2026-01-10 here"));
  CHECK(doubt(clocks, {today + 36h, 29h, today + std::chrono::days(1)}).empty());
  clocks.heard_of_sales(std::nullopt);
  CHECK(doubt(clocks).empty());
}

TEST_CASE("shortly before midnight others may have the next day already, but no later one") {
  const auto tomorrow = today + std::chrono::days(1);
  const ClockWatch::Here late{today + 23h + 56min, 5h, today, tomorrow};
  ClockWatch clocks;
  clocks.heard_of_sales(tomorrow);
  CHECK(doubt(clocks, late, tomorrow).empty());
  CHECK_FALSE(doubt(clocks, here).empty());
  clocks.heard_of_sales(tomorrow + std::chrono::days(1));
  CHECK_THAT(doubt(clocks, late), contains("the POS has sales of 2026-01-12"));
}

TEST_CASE("who has sales of days to come is named, and what may be wrong") {
  ClockWatch clocks;
  CHECK_THAT(doubt(clocks, here, today + std::chrono::days(4)),
             contains("branch.time_zone") && contains("only where this clock is right") &&
                 contains("take it out of local"));
  clocks.heard_of_sales(today + std::chrono::days(400));
  CHECK_THAT(doubt(clocks), contains("branch.time_zone") && contains("in the POS"));
}

TEST_CASE("what is soon is told by the end of the day") {
  const auto now = std::chrono::system_clock::now();
  const auto ends_in = [&](auto left) {
    return ClockWatch::here(today, [=](Date) { return now + left; }).soon;
  };
  CHECK(ends_in(30min) == today + std::chrono::days(1));
  CHECK(ends_in(2h) == today);
  CHECK(ends_in(-2h) == today);
  CHECK(ClockWatch::here(today, {}).soon == today);
}

TEST_CASE("a server's clock that is more than an hour away speaks against it, in both directions") {
  for (const auto apart : {-61min, 61min}) {
    ClockWatch clocks;
    clocks.heard("vps", here.now + apart, here.up_for);
    CHECK_THAT(doubt(clocks), contains("in vps, 1 h 01 min apart"));
    CHECK_THAT(doubt(clocks), contains("timedatectl"));
    clocks.forget("vps");
    CHECK(doubt(clocks).empty());
  }
  ClockWatch clocks;
  clocks.heard("vps", here.now + 59min, here.up_for);
  CHECK(doubt(clocks).empty());
}

TEST_CASE("a clock that jumps is seen without asking anybody, and one that was set right is not") {
  ClockWatch clocks;
  clocks.heard("vps", here.now, here.up_for);
  CHECK(doubt(clocks, {here.now + 9h, here.up_for + 9h, today}).empty());
  const auto later = today + std::chrono::days(3'652);
  CHECK_THAT(doubt(clocks, {later + 12h, here.up_for + 20s, later}, today), contains("apart"));
  CHECK_THAT(doubt(clocks, {here.now - 9h, here.up_for + 20s, today}),
             contains("9 h 00 min apart"));
  CHECK(doubt(clocks, {here.now + 20s, here.up_for + 20s, today}).empty());
}

TEST_CASE("far behind the newest sales somebody has to confirm the time") {
  const auto later = today + std::chrono::days(40);
  const ClockWatch::Here now{later + 12h, 1h, later};
  ClockWatch clocks;
  const auto vps = [](Date found) { return ClockWatch::Awaited{"vps", found}; };
  CHECK_THAT(doubt(clocks, now, yesterday, vps(yesterday)), contains("vps has to confirm it"));
  CHECK(doubt(clocks, now, yesterday).empty());
  CHECK(doubt(clocks, now, yesterday, vps(later - std::chrono::days(31))).empty());
}
