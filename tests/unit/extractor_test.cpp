// SPDX-License-Identifier: MIT
#include "lib/sync/extractor.hpp"

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");
const SourceAuditOptions audit{true, Decimal::parse("0.01"), 5, std::chrono::milliseconds(0)};

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

TEST_CASE("a sale between rows and audit costs a second reading, between two audits") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "10.00")});
  pos.source.may_move = GENERATE(true, false);
  const unsigned when = pos.source.may_move ? 2 : 1;  // the audit after the first rows
  unsigned audits = 0;
  pos.source.before_audit = [&] {
    if (++audits == when) pos.source.set_day(day, {row("a", "2", "20.00")});
  };
  CHECK(pos.extracted().totals.venta.to_string() == "20.0000");
  CHECK(pos.source.snapshots == 2);
  CHECK(audits == when + 2);
}

TEST_CASE("a day that holds still is read once, between two audits only where it may move") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "10.00")});
  pos.source.may_move = GENERATE(true, false);
  unsigned audits = 0;
  pos.source.before_audit = [&] { ++audits; };
  CHECK_NOTHROW(pos.extracted());
  CHECK(pos.source.snapshots == 1);
  CHECK(audits == (pos.source.may_move ? 2 : 1));
}

TEST_CASE("rows that are not what two equal audits say are a contradiction at the second reading") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "10.00")});
  pos.source.audited = SourceTotals{};
  pos.source.may_move = GENERATE(true, false);
  CHECK_THROWS_AS(pos.extracted(), DataError);
  CHECK(pos.source.snapshots == 2);
}

TEST_CASE("a day that changes at every reading is given up for now, after a few") {
  Pos pos;
  pos.source.may_move = GENERATE(true, false);
  int sold = 0;
  pos.source.before_audit = [&] {
    const auto units = std::to_string(++sold);
    pos.source.set_day(day, {row("a", units.c_str(), units.c_str())});
  };
  try {
    pos.extracted();
    FAIL("accepted");
  } catch (const DayMoves& error) {
    CHECK(error.retryable());
    CHECK(error.cause() == ErrorCause::data);
  }
  CHECK(pos.source.snapshots == audit.readings);
  CHECK(pos.source.kept == 0);
}

TEST_CASE("a snapshot that cannot show the day is followed by another") {
  Pos pos;
  pos.source.set_day(day, {row("a", "1", "10.00")});
  pos.source.refusals = 1;
  CHECK(pos.extracted().rows.size() == 1);
  CHECK(pos.source.snapshots == 2);
  CHECK(pos.source.kept == 1);
  pos.source.refusals = 100;
  CHECK_THROWS_AS(pos.extracted(), SnapshotRefused);
  CHECK(pos.source.snapshots == 2 + audit.readings);
}
