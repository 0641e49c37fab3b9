// SPDX-License-Identifier: MIT
#include "daemon/bus/budget.hpp"

#include "daemon/bus/value.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador::bus;
using namespace std::chrono_literals;

namespace {

const Budget::Instant start{1h};
constexpr std::size_t megabyte = 1 << 20;

/// How many of so many questions at one moment are answered.
int answered(Budget& budget, const std::string& caller, int questions, Budget::Instant now) {
  int count = 0;
  for (int i = 0; i < questions; ++i) count += budget.allows(caller, false, now) ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("who asks without an end is answered 256 times, then 64 times a second") {
  Budget budget;
  CHECK(answered(budget, "a", 1'000, start) == 256);
  CHECK(answered(budget, "a", 1'000, start + 1s) == 64);
  CHECK(answered(budget, "a", 1'000, start + 1h) == 256);
}

TEST_CASE("one caller takes nothing from another") {
  Budget budget;
  answered(budget, "a", 1'000, start);
  CHECK(answered(budget, "b", 1'000, start) == 256);
}

TEST_CASE("an answer counts by its size, and its caller waits for as long as it is worth") {
  Budget budget;
  CHECK(budget.allows("a", true, start));
  budget.count("a", true, 2 * megabyte);
  CHECK_FALSE(budget.allows("a", false, start + 3s));
  CHECK(budget.allows("a", false, start + 6s));
}

TEST_CASE("long answers are shared by all, short ones are not kept waiting by them") {
  Budget budget;
  for (const auto* caller : {"a", "b", "c", "d", "e", "f", "g", "h", "i"})
    if (budget.allows(caller, true, start)) budget.count(caller, true, megabyte);
  CHECK_FALSE(budget.allows("new", true, start));
  CHECK(budget.allows("new", false, start));
  CHECK(budget.allows("new", true, start + 1s));
}

TEST_CASE("of thousands of callers those are forgotten who have not asked for long") {
  Budget budget;
  answered(budget, "busy", 1'000, start);
  for (int i = 0; i < 999; ++i) budget.allows("early " + std::to_string(i), false, start);
  CHECK(budget.allows("late", false, start + 1s));
  CHECK(answered(budget, "busy", 1'000, start + 1s) == 64);
}

TEST_CASE("values weigh about what they take in a message") {
  CHECK(weight_of({}) == 0);
  CHECK(weight_of({std::string(100, 'x')}) == 108);
  CHECK(weight_of({std::vector<Dict>(3, Dict{{{"Rows", std::uint64_t{1}}}})}) ==
        3 * (8 + 4 + 8 + 8));
  CHECK(weight_of({Counts{{"vps", 1}}, true, Numbers{1, 2}, Strings{"ab"}}) == 32 + 8 + 8 + 10);
}
