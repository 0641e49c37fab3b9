// SPDX-License-Identifier: MIT
#include "lib/sync/quarantine.hpp"

#include <fmt/format.h>

#include "lib/sync/day_sync.hpp"
#include "lib/sync/extractor.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;
using Catch::Matchers::Contains;

namespace {

const Date day = parse_date("2026-01-05");
const SourceAuditOptions exact{true, Decimal{}, 1, std::chrono::milliseconds(0)};

FakeSource::Cells cells(std::string upc, std::optional<std::string> venta = "10.00",
                        std::optional<std::string> costo = "7.00") {
  return {"2026-01-05",     std::move(upc),  "1", "2", "3", "4", "1.0",
          std::move(venta), std::move(costo)};
}

/// A POS with so many good rows of 10.00 and these.
struct Pos {
  Steps steps;
  FakeSource source{steps};

  explicit Pos(int good, std::vector<FakeSource::Cells> bad = {}) {
    for (int i = 0; i < good; ++i) source.days[day].push_back(cells(fmt::format("A{}", i)));
    for (auto& row : bad) source.days[day].push_back(std::move(row));
  }
  ExtractedDay extracted(const SourceAuditOptions& options = exact) {
    return extract(source, branch_id, day, options);
  }
};

std::vector<const SalesRow*> pointers(const std::vector<SalesRow>& rows) {
  std::vector<const SalesRow*> all;
  for (const SalesRow& row : rows) all.push_back(&row);
  return all;
}

RejectedRow rejected(std::string upc, std::string reason) {
  RejectedRow row;
  row.texts[0] = std::move(upc);
  row.reason = std::move(reason);
  return row;
}

}  // namespace

TEST_CASE(
    "a few rows that cannot be taken are kept apart, and the day is as the POS's audit less them") {
  Pos pos(400, {cells(""), cells("B2", std::nullopt), cells(std::string(21, 'x'), "9.5")});
  const ExtractedDay found = pos.extracted();
  CHECK(found.totals.filas == 400);
  CHECK(found.totals.venta == Decimal::parse("4000"));
  REQUIRE(found.rejected.size() == 3);
  CHECK(found.rejected[0].reason == "Upc is empty");
  CHECK(found.rejected[0].texts[6] == "10.00");
  CHECK(found.rejected[1].reason == "VentaTotal is NULL");
  CHECK(found.rejected[1].texts[6] == "NULL");
  CHECK(found.rejected[2].upc() == std::string(21, 'x'));
}

TEST_CASE("the POS's audit must count the rows that are kept apart, to the last decimal") {
  Pos pos(400, {cells("", "3.00")});
  pos.source.audited =
      SourceTotals{Decimal::parse("401"), Decimal::parse("4000"), Decimal::parse("2807")};
  CHECK_THROWS_WITH(pos.extracted(), Contains("4003.0000") && Contains("4000.0000"));
}

TEST_CASE("one row in a hundred is kept apart, one in ninety-nine fails the day and is named") {
  CHECK(Pos(99, {cells("", "0", "0")}).extracted().rejected.size() == 1);
  CHECK_THROWS_WITH(
      Pos(98, {cells("", "0", "0")}).extracted(),
      Contains("Upc is empty (department 2, category 3, sales 0)") && Contains("1 of 99 rows"));
}

TEST_CASE("rows that weigh more than a hundredth of the day's money fail it") {
  CHECK(Pos(990, {cells("", "100.00", "0")}).extracted().rejected.size() == 1);
  CHECK_THROWS_AS(Pos(990, {cells("", "100.01", "0")}).extracted(), DataError);
  CHECK_THROWS_AS(Pos(990, {cells("", "-100.01", "0")}).extracted(), DataError);
  CHECK_THROWS_AS(Pos(990, {cells("", "0", "71")}).extracted(), DataError);
}

TEST_CASE(
    "where rows are refused one of them fails the day, as does one that cannot be weighed or is of "
    "another day") {
  SourceAuditOptions refusing = exact;
  refusing.invalid_rows.enabled = false;
  CHECK_THROWS_WITH(Pos(400, {cells("")}).extracted(refusing),
                    Contains("Upc is empty (department 2"));
  CHECK_THROWS_WITH(Pos(400, {cells("", "diez")}).extracted(), Contains("diez"));
  auto foreign = cells("");
  foreign[0] = "2026-01-04";
  CHECK_THROWS_WITH(Pos(400, {foreign}).extracted(), Contains("is not the day asked for"));
}

TEST_CASE("of a key that comes twice none is taken, for nobody can tell which is right") {
  const ExtractedDay found = Pos(400, {cells("A7", "11.00")}).extracted();
  CHECK(found.totals.filas == 399);
  REQUIRE(found.rejected.size() == 2);
  CHECK(found.rejected[0].upc() == "A7");
  CHECK_THAT(found.rejected[0].reason, Contains("comes twice"));
  CHECK(found.rejected[0].texts[6] != found.rejected[1].texts[6]);
}

TEST_CASE("what is told of rejected rows is the same in whatever order the POS gives them") {
  Pos one(400, {cells(""), cells("B2", std::nullopt)});
  Pos other(400, {cells("B2", std::nullopt), cells("")});
  const auto rows = one.extracted().rejected;
  CHECK(rows == other.extracted().rejected);
  CHECK(rejections_text(rejections_of(rows)) ==
        "2 rows rejected: Upc is empty (department 2, category 3, sales 10.00), Upc 'B2': "
        "VentaTotal is NULL");
  CHECK(rejections_text({}).empty());
}

TEST_CASE("a text of the POS is kept bounded, and as hexadecimal where it is not UTF-8") {
  CHECK(rejected_text(0, std::string(300, 'x')).size() == 100);
  CHECK(rejected_text(5, std::string(300, '9')).size() == 40);
  CHECK(rejected_text(0, std::string_view("\xC3\x28")) == "0xC328");
  CHECK(rejected_text(0, std::string(300, '\xC3')).size() == 100);
  CHECK(rejected_text(3, std::nullopt) == "NULL");
}

TEST_CASE("a proven row that the POS now gives as one that cannot be taken counts as gone bad") {
  const std::vector<SalesRow> going{row("A1", "1", "10"), row("A2", "1", "10")};
  const auto rows = pointers(going);
  CHECK(rows_gone_bad(rows, std::vector{rejected("A1", "VentaTotal is NULL")}, false) == 1);
  CHECK(rows_gone_bad(rows, std::vector{rejected("Z9", "VentaTotal is NULL")}, true) == 0);
  CHECK(rows_gone_bad(rows, std::vector{rejected("", "Upc is empty")}, false) == 0);
  CHECK(rows_gone_bad(rows, std::vector{rejected("", "Upc is empty")}, true) == 1);
}

TEST_CASE("a row that has gone bad is held whatever small part of the day it is") {
  const DayTotals held{1000, Decimal::parse("1000"), Decimal::parse("10000"), Decimal{}, 1};
  const DayTotals left{999, Decimal::parse("999"), Decimal::parse("9990"), Decimal{}, 2};
  ProvenDay proven{"local", held, 1};
  CHECK(judge({day, left}, {&proven, 1}, {}).verdict == Verdict::write);
  proven.gone_bad = 1;
  for (const bool ended : {true, false}) {
    const Judgement judgement = judge({day, left, ended}, {&proven, 1}, {});
    CHECK(judgement.verdict == Verdict::hold);
    CHECK_THAT(judgement.reason,
               Contains("1 of them the POS now gives as rows that cannot be taken"));
  }
  CHECK(judge({day, left, true, false, ApprovedLoss{left, held}}, {&proven, 1}, {}).verdict ==
        Verdict::write);
}
