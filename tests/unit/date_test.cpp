// SPDX-License-Identifier: MIT
#include "lib/core/date.hpp"

#include <string>

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a day is written as it was read") {
  const std::string text = GENERATE(
      values<std::string>({"1900-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-02-29",
                           "2026-11-24", "2038-01-20", "2100-02-28", "9999-12-31"}));
  CHECK(to_string(parse_date(text)) == text);
}

TEST_CASE("a day that does not exist is an error") {
  const std::string text = GENERATE(values<std::string>(
      {"2025-02-29", "2100-02-29", "1900-02-29", "2026-00-10", "2026-13-01", "2026-04-31",
       "2026-01-00", "2026-01-32", "0000-00-00", "1899-12-31", "0026-11-24"}));
  CAPTURE(text);
  CHECK_THROWS_AS(parse_date(text), DataError);
}

TEST_CASE("only YYYY-MM-DD is a day") {
  const std::string text = GENERATE(values<std::string>({"",
                                                         "2026",
                                                         "20261124",
                                                         "2026-1-1",
                                                         "26-11-24",
                                                         "24-11-2026",
                                                         "24/11/2026",
                                                         "2026/11/24",
                                                         " 2026-11-24",
                                                         "2026-11-24 ",
                                                         "2026-11-24T00:00:00",
                                                         "2026-11-2x",
                                                         "2026--1-24",
                                                         "2026-11--1",
                                                         "-026-11-24",
                                                         "+026-11-24",
                                                         "2026-+1-24",
                                                         "2026- 1-24",
                                                         "ayer",
                                                         "today",
                                                         std::string("2026-11-2\0", 10),
                                                         std::string(100'000, '9')}));
  CAPTURE(text.substr(0, 30));
  CHECK_THROWS_AS(parse_date(text), DataError);
}

TEST_CASE("the error about a day quotes what was given, but not without end") {
  CHECK_THROWS_WITH(parse_date("24/11/2026"), "'24/11/2026' is not a date; write YYYY-MM-DD");
  try {
    parse_date(std::string(100'000, '9'));
  } catch (const DataError& error) {
    CHECK(std::string(error.what()).size() < 100);
  }
}

TEST_CASE("days count across months, leap years and the epoch") {
  CHECK(parse_date("2024-03-01") - parse_date("2024-02-28") == std::chrono::days(2));
  CHECK(parse_date("2026-01-01") - parse_date("2025-12-31") == std::chrono::days(1));
  CHECK(parse_date("1970-01-02").time_since_epoch() == std::chrono::days(1));
  CHECK(parse_date("1969-12-31").time_since_epoch() == std::chrono::days(-1));
}

TEST_CASE("an instant is written in whole seconds UTC, rounded down") {
  const auto day = std::chrono::system_clock::time_point(parse_date("2026-11-24"));
  CHECK(to_utc_string(day) == "2026-11-24T00:00:00Z");
  CHECK(to_utc_string(day + 8h) == "2026-11-24T08:00:00Z");
  CHECK(to_utc_string(day + 23h + 59min + 59s + 999ms) == "2026-11-24T23:59:59Z");
  CHECK(to_utc_string(day - 1ms) == "2026-11-23T23:59:59Z");
  CHECK(to_utc_string(std::chrono::sys_seconds{}) == "1970-01-01T00:00:00Z");
  CHECK(to_utc_string(std::chrono::system_clock::time_point(-1s)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("a time of any year is told, and read up to the end of the clock") {
  const auto late = parse_date("9999-12-31") + std::chrono::hours(23);
  CHECK(to_utc_string(std::chrono::sys_seconds(late)) == "9999-12-31T23:00:00Z");
  const auto end = parse_utc("9999-12-31 23:59:59");
  CHECK(to_utc_string(std::chrono::system_clock::time_point(end)) == "2262-01-01T00:00:00Z");
  CHECK(to_utc_string(parse_utc("2261-12-31 23:59:59")) == "2261-12-31T23:59:59Z");
}

TEST_CASE("a range holds both its ends, and none when they are swapped") {
  const DateRange range{parse_date("2026-11-20"), parse_date("2026-11-24")};
  CHECK_FALSE(range.empty());
  CHECK(range.contains(range.first));
  CHECK(range.contains(range.last));
  CHECK_FALSE(range.contains(range.first - std::chrono::days(1)));
  CHECK_FALSE(range.contains(range.last + std::chrono::days(1)));
  const DateRange swapped{range.last, range.first};
  CHECK(swapped.empty());
  CHECK_FALSE(swapped.contains(range.first));
  CHECK_FALSE(DateRange{range.first, range.first}.empty());
}

}  // namespace
}  // namespace consolidador
