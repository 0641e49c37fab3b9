// SPDX-License-Identifier: MIT
#include "daemon/service/comparison.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");
const SupplierRule open_day{branch_id, false, {}};
const SupplierRule ended_day{branch_id, true, {}};

SalesRow sold(std::int32_t supplier, const char* sales) {
  SalesRow r = row("a", "1", sales, "0");
  r.key.proveedor = supplier;
  return r;
}

SeenDay seen(const char* place, std::vector<SalesRow> rows) {
  SeenDay one;
  one.content.place = place;
  one.content.totals = totals_of(rows, branch_id, day);
  one.content.ledger = one.content.totals;
  one.rows = std::move(rows);
  return one;
}

}  // namespace

TEST_CASE("places that hold the same differ in nothing") {
  const auto found =
      compare_places(day, seen("pos", {sold(7, "10")}), {seen("vps", {sold(7, "10")})}, open_day);
  CHECK(found.rows.empty());
  CHECK(found.places.size() == 2);
  CHECK(found.reclassified == 0);
}

TEST_CASE("of an ended day the supplier of the sale counts, of an open day the POS's") {
  const auto compared = [](const SupplierRule& rule) {
    return compare_places(day, seen("pos", {sold(8, "10")}), {seen("vps", {sold(7, "10")})}, rule);
  };
  CHECK(compared(ended_day).rows.empty());
  CHECK(compared(ended_day).reclassified == 1);
  CHECK(compared(ended_day).places[0].totals == compared(ended_day).places[1].totals);
  CHECK(compared(open_day).rows.size() == 2);
  CHECK(compared(open_day).reclassified == 0);
}

TEST_CASE("the supplier is that of the target whose rows are those of its ledger") {
  SeenDay altered = seen("local", {sold(9, "10")});
  altered.content.ledger = DayTotals{};
  const auto found = compare_places(day, seen("pos", {sold(8, "10")}),
                                    {altered, seen("vps", {sold(7, "10")})}, ended_day);
  REQUIRE(found.rows.size() == 2);  // what differs is the altered one
  CHECK(found.places[0].totals == found.places[2].totals);
}

TEST_CASE("a place that could not be compared is named, and its rows are not missed") {
  SeenDay down = seen("vps", {});
  down.content.error = "vps is down";
  const auto found = compare_places(day, seen("pos", {sold(8, "10")}),
                                    {seen("local", {sold(8, "10")}), down}, ended_day);
  CHECK(found.rows.empty());
  CHECK(found.places[2].error == "vps is down");
}

TEST_CASE("a POS that keeps the day no longer leaves the targets to be compared") {
  SeenDay purged = seen("pos", {});
  purged.content.archived = true;
  const auto found = compare_places(
      day, purged, {seen("local", {sold(7, "10")}), seen("vps", {sold(7, "11")})}, ended_day);
  CHECK(found.rows.size() == 1);
  CHECK(found.reclassified == 0);
}
