// SPDX-License-Identifier: MIT
#include "lib/sync/extractor.hpp"

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");
const SourceAuditOptions audit{true, Decimal::parse("0.01")};

struct Pos {
  Steps steps;
  FakeSource source{steps};
  ExtractedDay extracted(const SourceAuditOptions& options = audit) {
    return extract(source, branch_id, day, options);
  }
};

}  // namespace

TEST_CASE("an extracted day is sorted by key byte by byte, with its totals") {
  Pos pos;
  pos.source.set_day(day,
                     {row("b", "1", "2.50", "1"), row("a", "2", "3.25"), row("B", "-1", "-2.5")});
  const auto extracted = pos.extracted();
  CHECK(extracted.rows[0].key.upc == "B");
  CHECK(extracted.rows[1].key.upc == "a");
  CHECK(extracted.rows[2].key.upc == "b");
  CHECK(extracted.totals.filas == 3);
  CHECK(extracted.totals.unidades.to_string() == "2.0000");
  CHECK(extracted.totals.venta.to_string() == "3.2500");
  CHECK(extracted.totals.costo.to_string() == "1.0000");
  CHECK(extracted.totals.huella != 0);
}

TEST_CASE("a day without sales is a valid day") {
  Pos pos;
  CHECK(pos.extracted().totals == DayTotals{});
}

TEST_CASE("a key that comes twice is refused and named") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "1"), row("b", "1", "1"), row("a", "2", "2")});
  CHECK_THROWS_WITH(pos.extracted(), contains("Upc 'a'") && contains("comes twice"));
}

TEST_CASE("a source whose sums are not those of its audit is told apart from a bad target") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "10.00")});
  pos.source.audited = SourceTotals{Decimal::parse("1"), Decimal::parse("10.02"), Decimal{}};
  CHECK_THROWS_WITH(pos.extracted(), contains("the POS contradicts itself") &&
                                         contains("TotalVenta 10.0000") && contains("10.0200"));
  CHECK_THROWS_AS(pos.extracted(), DataError);
}

TEST_CASE("the tolerance is a limit that itself is accepted, in both directions") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "10.00")});
  for (const char* accepted : {"9.9900", "10.0100"}) {
    pos.source.audited = SourceTotals{Decimal::parse("1"), Decimal::parse(accepted), Decimal{}};
    CHECK_NOTHROW(pos.extracted());
  }
  for (const char* refused : {"9.9899", "10.0101"}) {
    pos.source.audited = SourceTotals{Decimal::parse("1"), Decimal::parse(refused), Decimal{}};
    CHECK_THROWS_AS(pos.extracted(), DataError);
  }
}

TEST_CASE("each rounded row widens the tolerance by half of the last place") {
  Pos pos;
  auto& cells = pos.source.days[day];
  for (int i = 0; i < 4; ++i)
    cells.push_back(
        {to_string(day), "p" + std::to_string(i), "0", "0", "0", "0", "1", "1.00005", "0"});
  const SourceAuditOptions exact{true, Decimal{}};
  // Rounded up four times: 4.0004 against the POS' own 4.0002.
  pos.source.audited = SourceTotals{Decimal::parse("4"), Decimal::parse("4.0002"), Decimal{}};
  CHECK(pos.extracted(exact).totals.venta.to_string() == "4.0004");
  pos.source.audited->venta = Decimal::parse("4.0001");
  CHECK_THROWS_AS(pos.extracted(exact), DataError);
}

TEST_CASE("with the source audit switched off its totals are not asked for") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "10.00")});
  pos.source.audited = SourceTotals{};
  CHECK_NOTHROW(pos.extracted({false, Decimal{}}));
}
