// SPDX-License-Identifier: MIT
#include "lib/sync/day_window.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

std::vector<std::string> names(const std::vector<Date>& days) {
  std::vector<std::string> all;
  for (const Date day : days) all.push_back(to_string(day));
  return all;
}

using Names = std::vector<std::string>;
const Date today = parse_date("2024-03-01");

}  // namespace

TEST_CASE("the window is today and the days before it, also over the end of February") {
  CHECK(names(days_to_sync(today, 1, {})) == Names{"2024-02-29", "2024-03-01"});
  CHECK(names(days_to_sync(today, 0, {})) == Names{"2024-03-01"});
}

TEST_CASE("historical days come with the window, each day once, none after today") {
  const DateRange range{parse_date("2024-02-28"), parse_date("2024-03-05")};
  CHECK(names(days_to_sync(today, 1, range)) == Names{"2024-02-28", "2024-02-29", "2024-03-01"});
  const DateRange old{parse_date("2023-12-31"), parse_date("2024-01-01")};
  CHECK(names(days_to_sync(today, 0, old)) == Names{"2023-12-31", "2024-01-01", "2024-03-01"});
}

TEST_CASE("an empty range has no days") {
  CHECK(days_of({today, today - std::chrono::days(1)}).empty());
  CHECK(days_of({today, today}).size() == 1);
}
