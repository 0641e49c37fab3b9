// SPDX-License-Identifier: MIT
#include "lib/sync/day_diff.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

const ExtractedDay proven = extracted_day(
    day, {row("a", "1", "10", "5"), row("b", "2", "20"), row("c", "3", "30"), row("d", "4", "40")});

std::vector<RowDifference> diff(const std::vector<ExtractedDay>& days) {
  std::vector<PlaceDay> places;
  for (const ExtractedDay& each : days)
    places.push_back({"place " + std::to_string(places.size()), each.totals, each.rows});
  return day_diff(places);
}

Amounts amounts(const char* units, const char* sales, const char* cost = "0") {
  return {Decimal::parse(units), Decimal::parse(sales), Decimal::parse(cost)};
}

std::vector<std::string> codes(const std::vector<RowDifference>& rows) {
  std::vector<std::string> found;
  for (const RowDifference& row : rows) found.push_back(row.key.upc);
  return found;
}

}  // namespace

TEST_CASE("places that hold the same have no difference, nor has a single one, nor none") {
  CHECK(diff({proven, proven, proven}).empty());
  CHECK(diff({proven}).empty());
  CHECK(diff({}).empty());
}

TEST_CASE("an altered, a missing and a foreign row are named, the largest first") {
  const auto altered = extracted_day(day, {row("a", "1", "17", "5"), row("b", "2", "20"),
                                           row("c", "3", "30"), row("z", "5", "-8")});
  const auto rows = diff({proven, altered});
  CHECK(codes(rows) == std::vector<std::string>{"d", "z", "a"});
  CHECK(rows[0].difference(1) == amounts("-4", "-40"));
  CHECK_FALSE(rows[0].amounts[1]);
  CHECK_FALSE(rows[1].amounts[0]);
  CHECK(rows[1].difference(1) == amounts("5", "-8"));
  CHECK(rows[2].amounts[0] == amounts("1", "10", "5"));
  CHECK(rows[2].difference(1) == amounts("0", "7"));
}

TEST_CASE("amounts that are swapped differ although every sum stays") {
  const auto swapped = extracted_day(day, {row("a", "1", "20", "5"), row("b", "2", "10"),
                                           row("c", "3", "30"), row("d", "4", "40")});
  const auto rows = diff({proven, swapped});
  CHECK(codes(rows) == std::vector<std::string>{"a", "b"});
  CHECK(rows[0].difference(1).venta == Decimal() - rows[1].difference(1).venta);
}

TEST_CASE("a row counts by the place in which it moves most, and cost before units") {
  const auto one = extracted_day(day, {row("a", "1", "11", "5"), row("b", "2", "20"),
                                       row("c", "3", "30"), row("d", "9", "40")});
  const auto other = extracted_day(day, {row("a", "1", "10", "5"), row("b", "2", "25"),
                                         row("c", "3", "30", "1"), row("d", "4", "40")});
  const auto rows = diff({proven, one, other});
  CHECK(codes(rows) == std::vector<std::string>{"b", "a", "c", "d"});
  CHECK(rows[0].difference(1) == amounts("0", "0"));
  CHECK(rows[0].difference(2) == amounts("0", "5"));
}

TEST_CASE("the same code under another category is another row") {
  const auto moved = extracted_day(day, {row("a", "1", "10", "5"), row("b", "2", "20"),
                                         row("c", "3", "30"), row("d", "4", "40", "0", 7)});
  CHECK(codes(diff({proven, moved})) == std::vector<std::string>{"d", "d"});
}

TEST_CASE("rows that do not add up to the totals are an error that names the place") {
  auto wrong = proven;
  wrong.totals.venta += Decimal::from_units(1);
  CHECK_THROWS_WITH(diff({proven, proven, wrong}), contains("place 2"));
}

TEST_CASE("state and rows of a target are of one content") {
  Steps steps;
  FakeTarget target("vps", steps);
  for (const SalesRow& r : proven.rows) target.days[day].rows.emplace(r.key, r);
  target.days[day].ledger = proven.totals;
  const HeldDay held = held_day(target, branch_id, day);
  CHECK(held.state.intact());
  CHECK(held.rows == proven.rows);
}

namespace {

/// Somebody writes between the two questions, so many times.
class RestlessTarget : public FakeTarget {
 public:
  using FakeTarget::FakeTarget;
  using FakeTarget::rows;
  int times = 0;

  std::vector<SalesRow> rows(Date date) override {
    if (times > 0) days[date].rows.begin()->second.venta += Decimal::from_units(times--);
    return FakeTarget::rows(date);
  }
};

}  // namespace

TEST_CASE("a day that is being written is read again, but not for ever") {
  Steps steps;
  RestlessTarget target("vps", steps);
  for (const SalesRow& r : proven.rows) target.days[day].rows.emplace(r.key, r);
  target.times = 2;
  CHECK(held_day(target, branch_id, day).rows.size() == proven.rows.size());
  CHECK(target.times == 0);
  target.times = 100;
  CHECK_THROWS_WITH(held_day(target, branch_id, day), contains("vps is being written"));
}
