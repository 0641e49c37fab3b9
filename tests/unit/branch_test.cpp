// SPDX-License-Identifier: MIT
#include "daemon/service/branch.hpp"

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date date = parse_date("2026-01-10");

Config config_in(const char* zone) {
  Config config;
  config.branch.id = 7;
  config.branch.time_zone = zone;
  config.window.reprocess_days = 2;
  config.schedule.close_at = 2h;
  return config;
}

}  // namespace

TEST_CASE("the branch's day is that of its own clocks, not UTC's") {
  asio::io_context loop{1};
  const ManualClock clock{loop, date + 5h};
  const Branch branch(config_in("America/Mexico_City"), clock);  // UTC-6
  CHECK(branch.today() == date - std::chrono::days(1));
  CHECK(branch.time_of_day() == 23h);
  CHECK(branch.window_start() == date - std::chrono::days(3));
}

TEST_CASE("an audit of a day is final from the closing pass after it on") {
  asio::io_context loop{1};
  const ManualClock clock{loop, date + 12h};
  const Branch branch(config_in("America/Mexico_City"), clock);
  CHECK(branch.final_from(date) == date + 24h + 2h + 6h);
}

TEST_CASE("another configuration brings its zone with it") {
  asio::io_context loop{1};
  const ManualClock clock{loop, date + 5h};
  Branch branch(config_in("America/Mexico_City"), clock);
  const Config& config = branch.config();
  branch.replace(config_in("UTC"), TimeZone("UTC"));
  CHECK(branch.today() == date);
  CHECK(config.branch.time_zone == "UTC");
  CHECK_THROWS_AS(Branch(config_in("Nowhere/Town"), clock), ConfigError);
}
