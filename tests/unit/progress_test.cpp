// SPDX-License-Identifier: MIT
#include "daemon/progress.hpp"

#include <sstream>

#include "daemon/summary.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
using test::contains;

TEST_CASE("the bar shows days, rows, rate and the time left") {
  const ProgressState state{15, 60, 1, 300'000, 30s};
  CHECK(progress_line(state, 100) ==
        "[#######.......................] 15/60 days  300000 rows  10000 rows/s  1 min left  1 "
        "failed");
}

TEST_CASE("a narrow terminal gets the figures without the bar, never more than its width") {
  const ProgressState state{15, 60, 0, 300'000, 30s};
  for (std::size_t width = 1; width < 120; ++width)
    CHECK(progress_line(state, width).size() <= width);
  CHECK_THAT(progress_line(state, 50), !contains("["));
}

TEST_CASE("nothing done yet is no division by zero") {
  CHECK_THAT(progress_line({0, 0, 0, 0, 0s}, 80), contains("0/0 days") && contains("? left"));
}

TEST_CASE("an invisible bar writes nothing, a visible one cleans up after itself") {
  std::ostringstream quiet, loud;
  Progress(quiet, false, 3).day_done(true, 10);
  CHECK(quiet.str().empty());
  Progress(loud, true, 3).day_done(true, 10);
  CHECK_THAT(loud.str(), contains("1/3 days") && contains("\r\033[K"));
}

namespace {

DayResult quiet_day(Date date) {
  DayResult result;
  result.date = date;
  result.totals = DayTotals{};
  result.targets = {{"local", TargetOutcome{}, ""}, {"vps", TargetOutcome{}, ""}};
  return result;
}

}  // namespace

TEST_CASE("the summary lists every day of a short run and only the news of a long one") {
  Summary small, large;
  const Date first = parse_date("2026-01-01");
  for (int i = 0; i < 3; ++i) small.add(quiet_day(first + std::chrono::days(i)));
  CHECK_THAT(small.text({}), contains("2026-01-03") && contains("3 days") && contains("all well"));
  for (int i = 0; i < 100; ++i) large.add(quiet_day(first + std::chrono::days(i)));
  auto bad = quiet_day(first + std::chrono::days(100));
  bad.error = "vps: gone";
  bad.targets[1].outcome.reset();
  large.add(bad);
  const auto text = large.text({});
  CHECK_THAT(text, contains("100 more days were up to date") && contains("1 in ERROR") &&
                       contains("vps: gone") && !contains("2026-01-02"));
}

TEST_CASE("a plan says that nothing was written, and of each change that it would be") {
  Summary planned(true), written;
  auto changed = quiet_day(parse_date("2026-01-01"));
  changed.targets[0].outcome->action = DayAction::changed;
  changed.targets[0].outcome->written = 2;
  planned.add(changed);
  written.add(changed);
  CHECK_THAT(planned.text({}), contains("would be changed +2") && contains("  up to date") &&
                                   contains("(nothing was written)"));
  CHECK_THAT(written.text({}), !contains("would be") && !contains("nothing was written"));
}
