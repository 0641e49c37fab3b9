// SPDX-License-Identifier: MIT
#include "lib/sync/loader.hpp"

#include <algorithm>
#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

std::vector<std::string> upcs(const std::vector<const SalesRow*>& rows) {
  std::vector<std::string> names;
  for (const auto* r : rows) names.push_back(r->key.upc);
  return names;
}

}  // namespace

TEST_CASE(
    "the delta writes new and changed rows, removes vanished ones and leaves the rest alone") {
  const std::vector<SalesRow> held{row("a", "1", "1"), row("b", "1", "1"), row("c", "1", "1")};
  const std::vector<SalesRow> wanted{row("0", "1", "1"), row("a", "1", "1"), row("c", "1", "2"),
                                     row("d", "1", "1")};
  const Delta delta = compare(held, wanted);
  CHECK(upcs(delta.write) == std::vector<std::string>{"0", "c", "d"});
  CHECK(upcs(delta.remove) == std::vector<std::string>{"b"});
  CHECK(delta.replaced == std::vector<const SalesRow*>{nullptr, &held[2], nullptr});
}

TEST_CASE("equal days have an empty delta, and an empty side removes or writes everything") {
  const std::vector<SalesRow> rows{row("a", "1", "1"), row("b", "1", "1")};
  CHECK(compare(rows, rows).empty());
  CHECK(compare(rows, {}).remove.size() == 2);
  CHECK(compare({}, rows).write.size() == 2);
  CHECK(compare({}, {}).empty());
}

TEST_CASE("a product that changed its category is one row removed and one written") {
  const std::vector<SalesRow> held{row("a", "1", "1", "0", 5)};
  const std::vector<SalesRow> wanted{row("a", "1", "1", "0", 6)};
  const Delta delta = compare(held, wanted);
  CHECK(delta.write.size() == 1);
  CHECK(delta.remove.size() == 1);
}

TEST_CASE("applying the delta of random days always gives the wanted day") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto random_day = [&] {
    std::map<SalesKey, SalesRow> rows;
    for (auto i = random() % 30; i > 0; --i) {
      auto r = row(std::to_string(random() % 40), std::to_string(random() % 3).c_str(), "1");
      rows.insert_or_assign(r.key, r);
    }
    return rows;
  };
  for (int round = 0; round < 500; ++round) {
    FakeTarget::Day held{random_day(), std::nullopt, {}, 0};
    const auto from = FakeTarget::list(held);
    const auto to = FakeTarget::list({random_day(), std::nullopt, {}, 0});
    const Delta delta = compare(from, to);
    for (const auto* r : delta.write) held.rows.insert_or_assign(r->key, *r);
    for (const auto* r : delta.remove) held.rows.erase(r->key);
    REQUIRE(FakeTarget::list(held) == to);
  }
}
