// SPDX-License-Identifier: MIT
#include "daemon/service/day_news.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

const Date window_start = parse_date("2026-01-09");

DayReport report(DayAction action, Date date) {
  DayReport done;
  done.task.date = date;
  done.target = "vps";
  done.outcome.emplace().action = action;
  return done;
}

}  // namespace

TEST_CASE("a closed day that is written again is a late change, one of the window is not") {
  const Date closed = window_start - std::chrono::days(1);
  for (const auto action :
       {DayAction::changed, DayAction::repaired, DayAction::rewritten, DayAction::approved}) {
    CHECK(is_late_change(report(action, closed), window_start));
    CHECK_FALSE(is_late_change(report(action, window_start), window_start));
  }
}

TEST_CASE("a closed day that comes for the first time, or is not written, is no late change") {
  const Date closed = window_start - std::chrono::days(1);
  for (const auto action : {DayAction::created, DayAction::copied, DayAction::unchanged,
                            DayAction::held, DayAction::archived, DayAction::postponed})
    CHECK_FALSE(is_late_change(report(action, closed), window_start));
  auto failed = report(DayAction::changed, closed);
  failed.outcome.reset();
  CHECK_FALSE(is_late_change(failed, window_start));
}
