// SPDX-License-Identifier: MIT
#include "daemon/service/watchdog.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

TEST_CASE("one that hangs is outlived by the units of the others, which may end first") {
  LastUnits last;
  auto now = SteadyClock::now();
  CHECK(last.may_feed(false, true, now, 60s));
  CHECK_FALSE(last.awaited());
  CHECK(last.may_feed(true, true, now, 60s));
  CHECK(last.awaited());
  CHECK(last.may_feed(true, true, now + 59s, 60s));
  CHECK_FALSE(last.may_feed(true, false, now + 59s, 60s));
  CHECK_FALSE(last.may_feed(true, true, now + 59s, 60s));  // what begins now comes too late
}

TEST_CASE("no unit is waited for longer than any may take") {
  LastUnits last;
  const auto now = SteadyClock::now();
  CHECK(last.may_feed(true, true, now, 60s));
  CHECK_FALSE(last.may_feed(true, true, now + 60s, 60s));
}

TEST_CASE("one that comes back after all lets everything go on") {
  LastUnits last;
  const auto now = SteadyClock::now();
  CHECK(last.may_feed(true, true, now, 60s));
  CHECK_FALSE(last.may_feed(true, false, now, 60s));
  CHECK(last.may_feed(false, false, now + 1s, 60s));
  CHECK_FALSE(last.awaited());
  CHECK(last.may_feed(true, true, now + 100s, 60s));
}
