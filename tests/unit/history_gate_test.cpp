// SPDX-License-Identifier: MIT
#include "daemon/lanes/history_gate.hpp"

#include "lib/config/config.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

namespace {

const auto now = SteadyClock::time_point{} + 1h;

}  // namespace

TEST_CASE("so many old days are read at the same time and no more") {
  HistoryGate gate({2, 100, 0});
  gate.began();
  CHECK(gate.opens_at() <= now);
  gate.began();
  CHECK(gate.opens_at() == HistoryGate::Instant::max());
  gate.ended(1s, now);
  CHECK(gate.opens_at() <= now);
}

TEST_CASE("reading takes its share of the time, the rest is the tills'") {
  HistoryGate gate({1, 25, 0});
  gate.began();
  gate.ended(2s, now);
  CHECK(gate.opens_at() == now + 6s);
  gate.set_limits({1, 100, 0});
  gate.began();
  gate.ended(2s, now + 10s);
  CHECK(gate.opens_at() == now + 10s);
}

TEST_CASE("outside the hours, and while the POS has too much to do, it is closed") {
  HistoryGate gate({1, 100, 10});
  gate.close_until(now + 2s);
  CHECK(gate.opens_at() == now + 2s);
  gate.close_until(now + 1s);
  CHECK(gate.opens_at() == now + 2s);
  gate.shut(true);
  CHECK(gate.opens_at() == HistoryGate::Instant::max());
  gate.shut(false);
  CHECK(gate.opens_at() == now + 2s);
}

TEST_CASE("a span of the day may pass midnight") {
  const TimesOfDay night{21h + 30min, 8h};
  CHECK(night.contain(21h + 30min));
  CHECK(night.contain(0min));
  CHECK(night.contain(7h + 59min));
  CHECK_FALSE(night.contain(8h));
  CHECK_FALSE(night.contain(12h));
  const TimesOfDay noon{12h, 13h};
  CHECK(noon.contain(12h));
  CHECK_FALSE(noon.contain(13h));
  CHECK_FALSE(noon.contain(0min));
}
