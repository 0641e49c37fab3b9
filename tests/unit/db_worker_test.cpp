// SPDX-License-Identifier: MIT
#include "daemon/lanes/db_worker.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/detached.hpp>

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/loop_test.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

struct Bench {
  asio::io_context loop{1};
  DbWorker worker{loop, "vps"};
};

/// Two ends of a line on which nobody ever says anything.
struct SilentLine {
  SilentLine() {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
      throw std::runtime_error("no socket pair");
  }
  ~SilentLine() {
    for (const int end : ends) ::close(end);
  }
  std::array<int, 2> ends{};
};

/// Blocks as a call of the client library does, until its socket is shut down.
int read_forever() {
  const SilentLine line;
  const Interrupter::Attachment attached(line.ends[0]);
  char byte = 0;
  if (::read(line.ends[0], &byte, 1) != 0) throw std::runtime_error("somebody spoke");
  return 7;
}

}  // namespace

TEST_CASE("a unit's value and its exception come back to the loop, its thread is another") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    const auto loop_thread = std::this_thread::get_id();
    std::function<bool()> elsewhere = [=] { return std::this_thread::get_id() != loop_thread; };
    require(co_await b.worker.run(elsewhere, 10s), "on the loop's thread");
    require(!b.worker.busy(), "busy after its end");
    std::function<int()> failing = []() -> int {
      throw Error(ErrorClass::permanent, ErrorCause::rights, "denied");
    };
    try {
      co_await b.worker.run(failing, 10s);
    } catch (const Error& error) {
      require(error.cause() == ErrorCause::rights, "another error");
      co_return;
    }
    throw std::runtime_error("the error was lost");
  });
}

TEST_CASE("what a unit holds is let go before the loop hears of its end") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    for (int i = 0; i < 200; ++i) {
      auto held = std::make_shared<int>(1);
      const std::weak_ptr<int> watch = held;
      std::function<int()> unit = [held = std::move(held)] { return *held; };
      co_await b.worker.run(std::move(unit), 10s);
      require(watch.expired(), "still held");
    }
  });
}

TEST_CASE("a unit past its deadline loses its connection and its end says so") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    std::function<int()> dead = []() -> int {
      read_forever();
      throw std::runtime_error("an error of the client library");
    };
    std::optional<Error> failure;
    try {
      co_await b.worker.run(dead, 20ms);
    } catch (const Error& error) {
      failure = error;
    }
    require(failure && failure->retryable() && failure->cause() == ErrorCause::deadline,
            "the deadline was lost");
    std::function<int()> next = [] { return 3; };
    require(co_await b.worker.run(next, 10s) == 3, "not usable after it");
  });
}

TEST_CASE("a unit that worked counts although its deadline passed as it ended") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    std::function<int()> late = [] { return read_forever(); };
    require(co_await b.worker.run(late, 20ms) == 7, "what is done was thrown away");
  });
}

TEST_CASE("a worker is waited for when it is destroyed, and cut off when it does not end") {
  Bench bench;
  asio::co_spawn(
      bench.loop,
      [](Bench& b) -> Task<> {
        std::function<int()> unit = [] { return read_forever(); };
        co_await b.worker.run(unit, 1h);
      }(bench),
      asio::detached);
  while (!bench.worker.busy()) bench.loop.poll_one();
}
