// SPDX-License-Identifier: MIT
#include "lib/core/time_zone.hpp"

#include <string>

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;
using Instant = std::chrono::system_clock::time_point;

Instant utc(const std::string& date, std::chrono::seconds time) {
  return Instant(parse_date(date) + time);
}

struct Row {
  std::string zone;
  Instant instant;
  std::string date;
};

TEST_CASE("today is the branch's day, not the server's") {
  const auto [zone, instant, date] = GENERATE(values<Row>({
      {"America/Mexico_City", utc("2026-11-25", 5h + 59min + 59s), "2026-11-24"},
      {"America/Mexico_City", utc("2026-11-25", 6h), "2026-11-25"},
      // No summer time since 2022, but before.
      {"America/Mexico_City", utc("2026-07-25", 5h + 30min), "2026-07-24"},
      {"America/Mexico_City", utc("2022-07-25", 5h + 30min), "2022-07-25"},
      {"America/Tijuana", utc("2026-07-25", 6h + 59min), "2026-07-24"},
      {"America/Tijuana", utc("2026-07-25", 7h), "2026-07-25"},
      {"Europe/Madrid", utc("2026-01-10", 22h + 59min + 59s), "2026-01-10"},
      {"Europe/Madrid", utc("2026-01-10", 23h), "2026-01-11"},
      {"Europe/Madrid", utc("2026-07-10", 22h), "2026-07-11"},
      {"Pacific/Kiritimati", utc("2026-01-10", 10h), "2026-01-11"},
      {"UTC", utc("2026-01-10", 23h + 59min + 59s + 0s), "2026-01-10"},
  }));
  CAPTURE(zone, date);
  CHECK(to_string(TimeZone(zone).date_at(instant)) == date);
}

TEST_CASE("the last fraction of a second still belongs to the day") {
  const TimeZone zone("America/Mexico_City");
  CHECK(to_string(zone.date_at(utc("2026-11-25", 6h) - 1ns)) == "2026-11-24");
}

struct Clock {
  std::string zone;
  std::string date;
  std::chrono::seconds time;
  Instant instant;
};

TEST_CASE("a time of day becomes an instant, also on the days when the clocks change") {
  const auto [zone, date, time, instant] = GENERATE(values<Clock>({
      {"America/Mexico_City", "2026-11-24", 2h, utc("2026-11-24", 8h)},
      {"America/Mexico_City", "2026-11-24", 23h + 59min, utc("2026-11-25", 5h + 59min)},
      {"Europe/Madrid", "2026-01-10", 0s, utc("2026-01-09", 23h)},
      {"Europe/Madrid", "2026-07-10", 0s, utc("2026-07-09", 22h)},
      // 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC; 02:30 does not exist.
      {"Europe/Madrid", "2026-03-29", 1h + 59min, utc("2026-03-29", 59min)},
      {"Europe/Madrid", "2026-03-29", 2h + 30min, utc("2026-03-29", 1h)},
      {"Europe/Madrid", "2026-03-29", 3h, utc("2026-03-29", 1h)},
      // 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC; 02:30 happens twice.
      {"Europe/Madrid", "2026-10-25", 2h + 30min, utc("2026-10-25", 30min)},
      {"Europe/Madrid", "2026-10-25", 3h, utc("2026-10-25", 2h)},
      {"UTC", "2026-10-25", 24h, utc("2026-10-26", 0s)},
  }));
  CAPTURE(zone, date, time.count());
  CHECK(TimeZone(zone).instant_at(parse_date(date), time) == instant);
}

TEST_CASE("a day is 23 or 25 hours long when the clocks change") {
  const TimeZone zone("Europe/Madrid");
  const auto length = [&](const std::string& date) {
    const auto day = parse_date(date);
    return zone.instant_at(day + std::chrono::days(1), 0s) - zone.instant_at(day, 0s);
  };
  CHECK(length("2026-03-29") == 23h);
  CHECK(length("2026-10-25") == 25h);
  CHECK(length("2026-06-01") == 24h);
}

TEST_CASE("every midnight belongs to the day that it begins") {
  for (const auto* name : {"America/Mexico_City", "America/Tijuana", "Europe/Madrid", "UTC"}) {
    const TimeZone zone(name);
    for (auto day = parse_date("2021-12-30"); day < parse_date("2023-01-03");
         day += std::chrono::days(1)) {
      const auto midnight = zone.instant_at(day, 0s);
      REQUIRE(zone.date_at(midnight) == day);
      REQUIRE(zone.date_at(midnight - 1s) == day - std::chrono::days(1));
    }
  }
}

TEST_CASE("an unknown time zone is a configuration error that says where to look") {
  const std::string name = GENERATE(
      values<std::string>({"America/Ciudad_Perdida", "Mexico", "GMT+25", "../../etc/passwd", " "}));
  CAPTURE(name);
  if (name == "Mexico") return;  // a folder in some versions of tzdata
  CHECK_THROWS_AS(TimeZone(name), ConfigError);
  CHECK_THROWS_WITH(TimeZone(name), test::contains("timedatectl list-timezones"));
}

TEST_CASE("without a name the machine's own zone is taken") {
  const TimeZone zone("");
  CHECK_FALSE(zone.name().empty());
  CHECK(TimeZone(zone.name()).date_at(Instant{}) == zone.date_at(Instant{}));
}

}  // namespace
}  // namespace consolidador
