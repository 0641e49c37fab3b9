// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <random>
#include <set>

#include "lib/core/text.hpp"
#include "lib/store/aggregate_target.hpp"
#include "lib/sync/day_totals.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sealed_day.hpp"

/// The fingerprint of C++ and that of SQL are one and the same, and so are the seals.
namespace consolidador::test {
namespace {

constexpr std::int32_t branch = 99;
const Date day = parse_date("2024-02-29");

/// Random rows that are as nasty as a POS may be.
class RowSource {
 public:
  explicit RowSource(unsigned seed) : random_(seed) {}

  std::vector<SalesRow> rows(std::size_t count) {
    std::set<SalesKey> keys;
    std::vector<SalesRow> rows;
    while (rows.size() < count) {
      SalesRow row{{upc(), number(), number(), number(), number()}, amount(), amount(), amount()};
      if (!keys.insert(row.key).second) continue;
      if (random_() % 8 == 0 && rows.size() + 1 < count) twin(row, keys, rows);
      rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, &SalesRow::key);
    return rows;
  }

 private:
  std::string upc() {
    static const std::vector<std::string> pieces{"a",
                                                 "A",
                                                 "z",
                                                 "Z",
                                                 "0",
                                                 "9",
                                                 "ñ",
                                                 "Ñ",
                                                 "ß",
                                                 "é",
                                                 "e\xCC\x81" /* e and a combining accent */,
                                                 "🛒",
                                                 "👨‍👩‍👧",
                                                 "\xEF\xBB\xBF" /* BOM */,
                                                 "'",
                                                 "\"",
                                                 "\\",
                                                 "|",
                                                 "||",
                                                 "%",
                                                 "_",
                                                 "`",
                                                 ";",
                                                 "--",
                                                 "#",
                                                 "?",
                                                 "$",
                                                 "{}",
                                                 "\t",
                                                 "\n",
                                                 "\r\n",
                                                 "\x1A",
                                                 "\x7F",
                                                 "\xC2\xA0",
                                                 " ",
                                                 "  ",
                                                 "é ",
                                                 "İ",
                                                 "ﬃ",
                                                 "\xF4\x8F\xBF\xBF",
                                                 "\xE2\x80\xAE",
                                                 "漢",
                                                 "ا",
                                                 std::string(1, '\0'),
                                                 "\x01",
                                                 "NULL",
                                                 "-1",
                                                 "1e5",
                                                 "\\0",
                                                 "\\'"};
    std::string text;
    std::size_t length = 0;
    for (auto wanted = 1 + random_() % 20; length < wanted;) {
      const auto& piece = pieces[random_() % pieces.size()];
      const auto more = utf8_length(piece).value();
      if (length + more > 20) break;
      text += piece;
      length += more;
    }
    return text.empty() ? "x" : text;
  }

  /// A second row whose code differs only in letter case or a trailing blank.
  void twin(const SalesRow& row, std::set<SalesKey>& keys, std::vector<SalesRow>& rows) {
    SalesRow other = row;
    for (char& c : other.key.upc)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (other.key == row.key && utf8_length(other.key.upc).value() < 20) other.key.upc += ' ';
    other.venta = amount();
    if (keys.insert(other.key).second) rows.push_back(std::move(other));
  }

  std::int32_t number() {
    switch (random_() % 6) {
      case 0:
        return 0;
      case 1:
        return std::numeric_limits<std::int32_t>::max();
      case 2:
        return std::numeric_limits<std::int32_t>::min();
      case 3:
        return -static_cast<std::int32_t>(random_() % 1'000);
      default:
        return static_cast<std::int32_t>(random_() % 1'000);
    }
  }

  Decimal amount() {
    constexpr std::int64_t limit = 999'999'999'999'999'999;  // DECIMAL(18,4), in ten-thousandths
    switch (random_() % 8) {
      case 0:
        return {};
      case 1:
        return Decimal::from_units(limit);
      case 2:
        return Decimal::from_units(-limit);
      case 3:
        return Decimal::from_units(random_() % 2 ? 1 : -1);
      case 4:
        return Decimal::from_units(-static_cast<std::int64_t>(random_() % 10'000));
      default:
        return Decimal::from_units(static_cast<std::int64_t>(random_() % 100'000'000) * 100);
    }
  }

  std::mt19937 random_;
};

std::vector<const SalesRow*> pointers(const std::vector<SalesRow>& rows) {
  std::vector<const SalesRow*> all;
  for (const auto& row : rows) all.push_back(&row);
  return all;
}

struct HuellaFixture {
  HuellaFixture() : pool(aggregate.bot(), {}), target(pool, branch, {}) {}

  void write(AggregateTarget& to, const std::vector<SalesRow>& rows) {
    const auto transaction = to.begin(permit_for(day), {});
    transaction->upsert(day, pointers(rows));
    transaction->commit();
  }

  Aggregate aggregate;
  Pool pool;
  AggregateTarget target;
};

TEST_CASE_METHOD(HuellaFixture,
                 "C++ and SQL agree on huella, sums and count of thousands of random rows, and the "
                 "rows come back as they were written") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  UNSCOPED_INFO("seed " << seed);
  const auto rows = RowSource(seed).rows(4'000);
  REQUIRE(rows.size() == 4'000);
  const auto expected = totals_of(rows, branch, day);
  write(target, rows);

  const auto actual = target.state(day).actual;
  CHECK(differences(expected, actual) == "");
  CHECK(actual == expected);
  const auto held = target.rows(day);
  REQUIRE(held.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (held[i] != rows[i]) FAIL("row " << i << " is another: Upc " << held[i].key.upc);
}

TEST_CASE_METHOD(HuellaFixture,
                 "each single row's huella agrees, so that no two errors cancel out") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  for (const auto& row : RowSource(seed).rows(60)) {
    {
      const auto transaction = target.begin(permit_for(day), {});
      transaction->clear(day);
      const SalesRow* one[] = {&row};
      transaction->upsert(day, one);
      transaction->commit();
    }
    CAPTURE(row.key.upc);
    CHECK(target.state(day).actual == totals_of({&row, 1}, branch, day));
  }
}

TEST_CASE_METHOD(HuellaFixture,
                 "a change of any field of any row changes the huella in SQL and in C++ alike") {
  std::vector<SalesRow> rows{sales_row("84997D", "1", "10", "7"),
                             sales_row("84997d", "2", "20", "14")};
  write(target, rows);
  const auto before = target.state(day).actual;
  REQUIRE(before == totals_of(rows, branch, day));
  SalesRow& row = rows[1];
  std::string assignment;
  SECTION("Upc, letter case") {
    row.key.upc = "84997E", assignment = "Upc = '84997E'";
  }
  SECTION("Upc, trailing blank") {
    row.key.upc += ' ', assignment = "Upc = '84997d '";
  }
  SECTION("IdProveedor") {
    row.key.proveedor = 1, assignment = "IdProveedor = 1";
  }
  SECTION("IdDepartamento") {
    row.key.departamento = 1, assignment = "IdDepartamento = 1";
  }
  SECTION("IdCategoria") {
    row.key.categoria = 1, assignment = "IdCategoria = 1";
  }
  SECTION("IdSubcategoria") {
    row.key.subcategoria = 1, assignment = "IdSubcategoria = 1";
  }
  SECTION("Unidades") {
    row.unidades += Decimal::from_units(1), assignment = "Unidades = 2.0001";
  }
  SECTION("VentaTotal") {
    row.venta += Decimal::from_units(1), assignment = "VentaTotal = 20.0001";
  }
  SECTION("CostoTotal") {
    row.costo = Decimal() - row.costo, assignment = "CostoTotal = -14";
  }
  SECTION("amounts of two columns swapped") {
    std::swap(row.unidades, row.venta), assignment = "Unidades = 20, VentaTotal = 2";
  }
  aggregate.admin().run("UPDATE VentasAgrupadas SET " + assignment +
                        " WHERE BINARY Upc = '84997d'");
  const auto after = target.state(day).actual;
  CHECK(after.huella != before.huella);
  CHECK(after == totals_of(rows, branch, day));
}

TEST_CASE_METHOD(HuellaFixture,
                 "amounts swapped between two rows change the huella although all sums match") {
  write(target, {sales_row("a", "1", "10", "7"), sales_row("b", "1", "20", "7")});
  const auto before = target.state(day).actual;
  aggregate.admin().run("UPDATE VentasAgrupadas SET VentaTotal = 30 - VentaTotal");
  const auto after = target.state(day).actual;
  CHECK(after.venta == before.venta);
  CHECK(after.huella != before.huella);
}

TEST_CASE_METHOD(HuellaFixture, "the same rows of another branch or day have another huella") {
  const std::vector<SalesRow> rows{sales_row("a")};
  CHECK(totals_of(rows, 1, day).huella != totals_of(rows, 2, day).huella);
  CHECK(totals_of(rows, 1, day).huella != totals_of(rows, 1, day + std::chrono::days(1)).huella);
  AggregateTarget other(pool, -7, {});
  write(other, rows);
  CHECK(other.state(day).actual == totals_of(rows, -7, day));
  CHECK(target.state(day).actual == DayTotals{});
}

TEST_CASE_METHOD(HuellaFixture,
                 "the administrator's charset and sql_mode do not change the huella") {
  const auto rows = RowSource(7).rows(50);
  write(target, rows);
  auto& admin = aggregate.admin();
  admin.run("SET NAMES latin1 COLLATE latin1_general_ci");
  admin.run("SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'");
  const auto audit = admin.row("CALL sp_audit_ventas_agrupadas('2024-02-29', 99)");
  CHECK(audit.at(4) == std::to_string(totals_of(rows, branch, day).huella));
}

TEST_CASE_METHOD(HuellaFixture,
                 "C++ and SQL agree on the seals of thousands of random rows, and a bucket's rows "
                 "are those that belong there") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  const auto rows = RowSource(seed).rows(4'000);
  write(target, rows);
  CHECK(differing(target.seals(day), seals_of(rows, branch, day)).none());
  BucketSet some;
  for (const auto bucket : {0U, 1U, 64U, 127U}) some.set(bucket);
  std::vector<SalesRow> expected;
  std::ranges::copy_if(rows, std::back_inserter(expected),
                       [&](const SalesRow& row) { return some[bucket_of(row.key.upc)]; });
  CHECK(target.rows(day, some) == expected);
  CHECK(target.rows(day, BucketSet{}).empty());
}

TEST_CASE_METHOD(HuellaFixture, "SQL seals a day as it was sealed elsewhere") {
  AggregateTarget sealed(pool, sealed_branch, {});
  write(sealed, sealed_rows());
  const auto seals = in_hex(sealed.seals(sealed_date));
  CHECK(seals == decltype(seals)(expected_seals.begin(), expected_seals.end()));
  CHECK(target.seals(sealed_date + std::chrono::days(1)) == Seals{});
}

TEST_CASE_METHOD(HuellaFixture, "a server that cuts GROUP_CONCAT short seals whole buckets") {
  aggregate.admin().run("SET GLOBAL group_concat_max_len = 64");
  const auto rows = RowSource(11).rows(1'000);
  write(target, rows);
  const auto seals = target.seals(day);
  aggregate.admin().run("SET GLOBAL group_concat_max_len = DEFAULT");
  CHECK(differing(seals, seals_of(rows, branch, day)).none());
}

}  // namespace
}  // namespace consolidador::test
