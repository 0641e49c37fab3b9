// SPDX-License-Identifier: MIT
#include "daemon/service/watchdog.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;

TEST_CASE("one that hangs is outlived by the units of the others, however long they are allowed") {
  LastUnits last;
  CHECK(last.may_feed(false, true));
  CHECK_FALSE(last.awaited());
  for (int i = 0; i < 10'000; ++i) CHECK(last.may_feed(true, true));
  CHECK(last.awaited());
  CHECK_FALSE(last.may_feed(true, false));
  CHECK_FALSE(last.may_feed(true, true));  // what begins now comes too late
}

TEST_CASE("one that comes back after all lets everything go on") {
  LastUnits last;
  CHECK_FALSE(last.may_feed(true, false));
  CHECK(last.may_feed(false, false));
  CHECK_FALSE(last.awaited());
  CHECK(last.may_feed(true, true));
}
