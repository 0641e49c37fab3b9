// SPDX-License-Identifier: MIT
#include "lib/core/duration.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

TEST_CASE("a duration is spelled in the two units that matter") {
  CHECK(spell_duration(0s) == "0 s");
  CHECK(spell_duration(-5s) == "0 s");
  CHECK(spell_duration(59s) == "59 s");
  CHECK(spell_duration(1min) == "1 min");
  CHECK(spell_duration(12min + 59s) == "12 min");
  CHECK(spell_duration(1h) == "1 h 00 min");
  CHECK(spell_duration(2h + 5min) == "2 h 05 min");
  CHECK(spell_duration(24h) == "1 d 00 h");
  CHECK(spell_duration(76h) == "3 d 04 h");
}

TEST_CASE("a duration that is written is read as the same") {
  for (const auto duration : std::initializer_list<std::chrono::milliseconds>{
           0s, 1ms, 1500ms, 59s, 60s, 90min, 24h, 25h, 8'784h})
    CHECK(parse_duration(format_duration(duration)) == duration);
  CHECK(format_duration(300s) == "5min");
  CHECK(format_duration(90s) == "90s");
}

TEST_CASE("what is not a whole number with a unit is no duration") {
  for (const auto* text : {"", "5", "min", "5m", "-5s", "1.5h", "5 s", "5S", "1000000000s"})
    CHECK_FALSE(parse_duration(text));
  CHECK(parse_duration("999999999d") == 24h * 999'999'999);
}
