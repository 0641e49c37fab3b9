// SPDX-License-Identifier: MIT
#include "lib/core/writer.hpp"

#include <future>
#include <latch>
#include <vector>

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

TEST_CASE("work is done in its order by a thread of its own, all of it before the end") {
  std::vector<int> done;
  const auto here = std::this_thread::get_id();
  bool elsewhere = true;
  {
    Writer writer;
    writer.start();
    for (int i = 0; i < 100; ++i)
      REQUIRE(writer.post([&, i] {
        elsewhere = elsewhere && std::this_thread::get_id() != here;
        done.push_back(i);
      }));
  }
  REQUIRE(done.size() == 100);
  CHECK(std::ranges::is_sorted(done));
  CHECK(elsewhere);
}

TEST_CASE(
    "without a thread, before the start and after the stop, whoever hands work over does it") {
  Writer writer;
  int done = 0;
  const auto work = [&] { ++done; };
  CHECK(writer.post(work));
  CHECK(done == 1);
  writer.start();
  REQUIRE(writer.post(work));
  CHECK(writer.stop(1h));
  CHECK(done == 2);
  CHECK(writer.post(work));
  CHECK(done == 3);
}

TEST_CASE("a disk that hangs is not waited for, and what waits for it is bounded") {
  std::latch begun(1), release(1);
  Writer writer;
  writer.start();
  REQUIRE(writer.post([&] {
    begun.count_down();
    release.wait();
  }));
  begun.wait();
  std::size_t done = 0;
  for (std::size_t i = 0; i < Writer::most_waiting; ++i) REQUIRE(writer.post([&] { ++done; }));
  CHECK_FALSE(writer.post([&] { ++done; }));
  CHECK_FALSE(writer.drain(1ms));
  CHECK_FALSE(writer.stop(1ms));
  release.count_down();
  CHECK(writer.drain(1h));
  CHECK(done == Writer::most_waiting);
  CHECK(writer.post([&] { ++done; }));
}
