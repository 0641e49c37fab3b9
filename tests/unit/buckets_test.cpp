// SPDX-License-Identifier: MIT
#include "lib/sync/buckets.hpp"

#include "lib/sync/target_rows.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/sealed_day.hpp"

namespace consolidador::test {
namespace {

std::vector<SalesRow> many(int count) {
  std::vector<SalesRow> rows;
  for (int i = 0; i < count; ++i)
    rows.push_back(row("p" + std::to_string(10'000 + i), "1", "10.00"));
  return rows;
}

Seals seals_of_day(const std::vector<SalesRow>& rows) {
  return seals_of(rows, sealed_branch, sealed_date);
}

TEST_CASE("the bucket of a code is the low 7 bits of its CRC-32") {
  CHECK(bucket_of("123456789") == (0xCBF43926 & 127));  // the check value of CRC-32/ISO-HDLC
  CHECK(bucket_of("") == 0);
}

TEST_CASE("the seals of a day are those that were computed elsewhere") {
  const auto seals = in_hex(seals_of_day(sealed_rows()));
  CHECK(seals == decltype(seals)(expected_seals.begin(), expected_seals.end()));
}

TEST_CASE("codes spread evenly over the buckets") {
  std::array<int, bucket_count> sizes{};
  for (const SalesRow& each : many(20'000)) ++sizes[bucket_of(each.key.upc)];
  CHECK(*std::ranges::max_element(sizes) < 2 * 20'000 / static_cast<int>(bucket_count));
}

TEST_CASE("a change of any field, branch or day breaks the seal of its bucket") {
  const auto rows = sealed_rows();
  auto changed = rows;
  SalesRow& one = changed[5];
  const auto seals = seals_of_day(rows);
  SECTION("supplier") {
    ++one.key.proveedor;
  }
  SECTION("units") {
    one.unidades += Decimal::from_units(1);
  }
  SECTION("cost") {
    one.costo = Decimal() - one.costo;
  }
  SECTION("row missing") {
    changed.erase(changed.begin() + 5);
  }
  SECTION("row twice") {
    changed.insert(changed.begin() + 5, changed[5]);
  }
  CHECK(differing(seals, seals_of_day(changed)) == BucketSet{}.set(44));
  CHECK(differing(seals, seals_of(rows, 98, sealed_date)).count() == expected_seals.size());
  CHECK(differing(seals, seals_of(rows, 99, parse_date("2024-03-01"))).count() ==
        expected_seals.size());
}

struct Reading {
  explicit Reading(int count) : like(extracted_day(sealed_date, many(count))) {}

  std::vector<SalesRow> of(const std::vector<SalesRow>& rows, const DayTotals& held) {
    for (const SalesRow& each : rows) target.days[sealed_date].rows[each.key] = each;
    return target_rows(target, held, like, branch_id);
  }

  Steps steps;
  FakeTarget target{"vps", steps};
  ExtractedDay like;
};

TEST_CASE("of a large day only the rows of differing buckets are fetched") {
  Reading reading(20'000);
  auto held = reading.like.rows;
  held[7'000].venta += Decimal::from_units(1);
  held.erase(held.begin() + 3);
  held.insert(held.begin(), row("p1", "1", "1"));
  CHECK(reading.of(held, totals_of(held, branch_id, sealed_date)) == held);
  CHECK(reading.target.reads == 0);
  CHECK(reading.target.sealings == 1);
  CHECK(reading.target.fetched < 3 * 20'000 / 100);
}

TEST_CASE("rows that keep every sum are read all the same") {
  Reading reading(200);
  auto forged = reading.like.rows;
  std::swap(forged[0].venta, forged[1].costo);
  CHECK(reading.of(forged, reading.like.totals) == forged);
  CHECK(reading.target.sealings == 1);
}

TEST_CASE("a small day is read whole, and so is one that is like no other") {
  const int count = GENERATE(20, 200, 1'000);
  Reading reading(count);
  auto held = reading.like.rows;
  held[5].venta += Decimal::from_units(1);
  CHECK(reading.of(held, totals_of(held, branch_id, sealed_date)) == held);
  CHECK(reading.target.sealings == 0);
  const auto whole =
      target_rows(reading.target, reading.like.totals, extracted_day(sealed_date, {}), branch_id);
  CHECK(whole == held);
  CHECK(reading.target.sealings == 0);
}

}  // namespace
}  // namespace consolidador::test
