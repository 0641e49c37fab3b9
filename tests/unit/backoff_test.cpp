// SPDX-License-Identifier: MIT
#include "lib/core/backoff.hpp"

#include <limits>

#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct Row {
  unsigned failures;
  milliseconds ceiling;
};

TEST_CASE("the longest wait doubles with each failure up to the maximum") {
  const auto [failures, ceiling] = GENERATE(values<Row>({
      {0, 0s},
      {1, 5s},
      {2, 10s},
      {3, 20s},
      {4, 40s},
      {5, 80s},
      {6, 160s},
      {7, 300s},
      {8, 300s},
      {1000, 300s},
      {std::numeric_limits<unsigned>::max(), 300s},
  }));
  CAPTURE(failures);
  CHECK(backoff_ceiling({}, failures) == ceiling);
}

TEST_CASE("a first wait above the maximum is cut to it") {
  CHECK(backoff_ceiling({10s, 3s}, 1) == 3s);
  CHECK(backoff_ceiling({10s, 3s}, 5) == 3s);
  CHECK(backoff_ceiling({3s, 3s}, 5) == 3s);
}

TEST_CASE("no policy makes the wait overflow or the calculation long") {
  const auto most = std::numeric_limits<unsigned>::max();
  CHECK(backoff_ceiling({1ms, milliseconds::max()}, most) == milliseconds::max());
  CHECK(backoff_ceiling({milliseconds::max(), milliseconds::max()}, most) == milliseconds::max());
  CHECK(backoff_ceiling({0ms, 300s}, most) == 300s);
  CHECK(backoff_ceiling({0ms, 0ms}, most) == 0ms);
}

TEST_CASE("the wait is spread evenly between nothing and the ceiling") {
  for (unsigned failures = 0; failures < 12; ++failures) {
    const auto ceiling = backoff_ceiling({}, failures);
    CHECK(backoff_delay({}, failures, 0.0) == 0ms);
    CHECK(backoff_delay({}, failures, 0.5) == ceiling / 2);
    CHECK(backoff_delay({}, failures, 0.25) == ceiling / 4);
    CHECK(backoff_delay({}, failures, 0.9999999999) <= ceiling);
  }
}

}  // namespace
}  // namespace consolidador
