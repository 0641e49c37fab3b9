// SPDX-License-Identifier: MIT
#include "lib/db/host_choice.hpp"

#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using Order = std::vector<std::size_t>;

const auto start = HostChoice::Clock::time_point{} + std::chrono::hours(1);
constexpr auto moment = std::chrono::seconds(1);

TEST_CASE("healthy hosts are tried as configured") {
  const HostChoice choice(3);
  CHECK(choice.order(start) == Order{0, 1, 2});
}

TEST_CASE("a host that failed stands behind the others until it has rested") {
  HostChoice choice(3);
  choice.failed(0, start);
  CHECK(choice.order(start) == Order{1, 2, 0});
  CHECK(choice.order(start + HostChoice::rest - moment) == Order{1, 2, 0});
  CHECK(choice.order(start + HostChoice::rest) == Order{0, 1, 2});
}

TEST_CASE("when all have failed, all are tried, the longest rested first") {
  HostChoice choice(3);
  choice.failed(1, start);
  choice.failed(2, start + moment);
  choice.failed(0, start + 2 * moment);
  CHECK(choice.order(start + 3 * moment) == Order{1, 2, 0});
}

TEST_CASE("a host that works again is in its place at once") {
  HostChoice choice(2);
  choice.failed(0, start);
  choice.succeeded(0);
  CHECK(choice.order(start) == Order{0, 1});
}

}  // namespace
}  // namespace consolidador
