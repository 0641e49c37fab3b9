// SPDX-License-Identifier: MIT
#include "lib/sync/retry.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

namespace {

const Error transient(ErrorClass::transient, ErrorCause::link, "link");
const Error doubtful(ErrorClass::in_doubt, ErrorCause::link, "lost in COMMIT");
const Error permanent(ErrorClass::permanent, ErrorCause::rights, "rights");

struct Bench {
  std::vector<std::chrono::milliseconds> slept;
  RetryOptions options{
      3, {1s, 3s}, [this](auto delay) { slept.push_back(delay); }, [] { return 0.5; }};
  int calls = 0;

  /// Fails with `error` as often as told, then succeeds.
  unsigned run(int failures, const Error& error) {
    return retrying(
        options,
        [&] {
          if (calls++ < failures) throw Error(error);
        },
        [](const Error&, auto) {});
  }
};

}  // namespace

TEST_CASE("a unit that succeeds is not repeated") {
  Bench bench;
  CHECK(bench.run(0, transient) == 1);
  CHECK(bench.slept.empty());
}

TEST_CASE("transient and doubtful errors are repeated with growing, capped, jittered waits") {
  for (const Error& error : {transient, doubtful}) {
    Bench bench;
    bench.options.attempts = 5;
    CHECK(bench.run(4, error) == 5);
    CHECK(bench.slept == std::vector<std::chrono::milliseconds>{500ms, 1000ms, 1500ms, 1500ms});
  }
}

TEST_CASE("the last error is thrown on when the attempts are used up") {
  Bench bench;
  CHECK_THROWS_WITH(bench.run(3, transient), "link");
  CHECK(bench.calls == 3);
  CHECK(bench.slept.size() == 2);
}

TEST_CASE("a permanent error is thrown at once") {
  Bench bench;
  CHECK_THROWS_WITH(bench.run(1, permanent), "rights");
  CHECK(bench.calls == 1);
}
