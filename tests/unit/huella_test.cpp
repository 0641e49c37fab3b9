// SPDX-License-Identifier: MIT
#include "lib/core/huella.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

std::uint64_t huella_of(const std::vector<std::string>& rows) {
  HuellaSum sum;
  for (const auto& row : rows) sum.add(row);
  return sum.value();
}

TEST_CASE("a day without rows has the huella 0") {
  CHECK(HuellaSum().value() == 0);
}

TEST_CASE("the huella of one row is the first 64 bits of its SHA-256") {
  // FIPS 180-4 and NIST's examples: ba7816bf 8f01cfea..., e3b0c442 98fc1c14..., 248d6a61
  // d20638b8...
  CHECK(huella_of({"abc"}) == 0xba7816bf8f01cfea);
  CHECK(huella_of({""}) == 0xe3b0c44298fc1c14);
  CHECK(huella_of({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"}) ==
        0x248d6a61d20638b8);
}

TEST_CASE("the huella of several rows is their sum modulo 2^64") {
  CHECK(huella_of({"abc", ""}) == 0xba7816bf8f01cfea + 0xe3b0c44298fc1c14);
}

TEST_CASE("the order of the rows does not matter") {
  std::vector<std::string> rows;
  for (int i = 0; i < 500; ++i) rows.push_back("row " + std::to_string(i));
  const auto expected = huella_of(rows);
  const auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(rows.begin(), rows.end(), random);
    CHECK(huella_of(rows) == expected);
  }
}

TEST_CASE("a doubled, missing or changed row changes the huella") {
  const auto day = huella_of({"a", "b", "c"});
  CHECK(huella_of({"a", "b", "c", "c"}) != day);
  CHECK(huella_of({"a", "a", "b", "b", "c", "c"}) != day);
  CHECK(huella_of({"a", "b"}) != day);
  CHECK(huella_of({"a", "b", "C"}) != day);
  CHECK(huella_of({"ab", "c"}) != huella_of({"a", "bc"}));
}

TEST_CASE("a huella that was moved goes on where it was") {
  HuellaSum sum;
  sum.add("a");
  HuellaSum moved = std::move(sum);
  moved.add("b");
  CHECK(moved.value() == huella_of({"a", "b"}));
  sum = HuellaSum();
  sum.add("c");
  CHECK(sum.value() == huella_of({"c"}));
}

}  // namespace
}  // namespace consolidador
