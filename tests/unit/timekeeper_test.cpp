// SPDX-License-Identifier: MIT
#include "daemon/service/timekeeper.hpp"

#include <boost/asio/detached.hpp>
#include <ctime>

#include "tests/support/catch.hpp"
#include "tests/support/loop_test.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

struct Bench {
  asio::io_context loop{1};
  SystemTimekeeper time{loop};
};

/// Sets the machine's clock to what it shows: a step of a microsecond. Needs CAP_SYS_TIME.
bool set_the_clock() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return ::clock_settime(CLOCK_REALTIME, &now) == 0;
}

/// Runs `act` while somebody waits for a moment an hour away; returns whether he goes on.
template <typename Act>
bool goes_on_after(Act act) {
  Bench bench;
  bool back = false;
  asio::co_spawn(
      bench.loop,
      [](Bench& b, bool& done) -> Task<> {
        co_await b.time.wait_until(b.time.now() + 1h);
        done = true;
      }(bench, back),
      asio::detached);
  bench.loop.poll();
  if (back) throw std::runtime_error("did not wait");
  if (!act(bench)) return true;
  bench.loop.run_for(20s);
  return back;
}

}  // namespace

TEST_CASE("the wall clock is waited for to the moment, and a moment that has passed at once") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    for (const auto ahead : {20ms, 0ms, -3600000ms}) {
      const auto moment = b.time.now() + ahead;
      co_await b.time.wait_until(moment);
      require(b.time.now() >= moment, "too early");
    }
  });
}

TEST_CASE("who waits for a moment far away is woken on request") {
  CHECK(goes_on_after([](Bench& b) {
    b.time.wake();
    return true;
  }));
}

TEST_CASE("who waits for a moment far away looks again when the clock is set") {
  bool allowed = true;
  CHECK(goes_on_after([&](Bench&) { return allowed = set_the_clock(); }));
  if (!allowed) WARN("skipped: this user may not set the clock");
}
