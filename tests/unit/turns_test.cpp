// SPDX-License-Identifier: MIT
#include "daemon/service/turns.hpp"

#include <boost/asio/detached.hpp>

#include "daemon/service/control.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/loop_test.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

struct Bench {
  asio::io_context loop{1};
  Turns turns{loop, {1, 100, 0}, 1, "wait already"};
  Turns::Turn held;
  std::string refused;

  Task<> wait_for_turn() {
    try {
      held = co_await turns.next();
    } catch (const RequestRefused& error) {
      refused = error.what();
    }
  }
  void ask() {
    asio::co_spawn(loop, wait_for_turn(), asio::detached);
    loop.restart();
    loop.poll();
  }
};

}  // namespace

TEST_CASE("who has a turn keeps it until it is gone, then the next one has it") {
  Bench bench;
  auto first = result_of(bench.loop, bench.turns.next());
  bench.ask();
  CHECK_FALSE(bench.held);
  first.reset();
  bench.loop.restart();
  bench.loop.poll();
  CHECK(bench.held);
  CHECK(bench.refused.empty());
}

TEST_CASE("more than may wait are refused, and tell how many wait") {
  Bench bench;
  const auto first = result_of(bench.loop, bench.turns.next());
  bench.ask();
  bench.ask();
  CHECK(bench.refused == "1 wait already");
  bench.turns.stop();
  bench.loop.restart();
  bench.loop.poll();
}

TEST_CASE("nobody gets a turn after the stop, nor who waited for it") {
  Bench bench;
  const auto first = result_of(bench.loop, bench.turns.next());
  bench.ask();
  bench.turns.stop();
  bench.loop.restart();
  bench.loop.poll();
  CHECK_FALSE(bench.held);
  CHECK(bench.refused == "the service is stopping");
}
