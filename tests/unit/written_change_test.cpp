// SPDX-License-Identifier: MIT
#include "lib/sync/written_change.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

Decimal amount(const char* text) {
  return Decimal::parse(text);
}

WrittenChange between(const std::vector<SalesRow>& before, const std::vector<SalesRow>& after) {
  return change_of(compare(before, after));
}

}  // namespace

TEST_CASE("a change counts rows and gives the differences in units, sales and cost") {
  const auto change = between({row("a", "1", "10", "5"), row("b", "2", "20", "8")},
                              {row("b", "3", "33", "9"), row("c", "4", "40", "7")});
  CHECK(change.added == 1);
  CHECK(change.changed == 1);
  CHECK(change.removed == 1);
  CHECK(change.unidades == amount("4"));
  CHECK(change.venta == amount("43"));
  CHECK(change.costo == amount("3"));
  CHECK(change.largest == std::vector<WrittenChange::Product>{
                              {"c", amount("40")}, {"b", amount("13")}, {"a", amount("-10")}});
}

TEST_CASE("equal rows are no change") {
  const std::vector<SalesRow> rows{row("a", "1", "10")};
  CHECK(between(rows, rows).empty());
  CHECK(between(rows, rows) == WrittenChange{});
}

TEST_CASE("a code that moves from one category to another is one product, with what is left") {
  const auto change = between({row("a", "1", "10", "0", 5)}, {row("a", "1", "12", "0", 6)});
  CHECK(change.added == 1);
  CHECK(change.removed == 1);
  CHECK(change.largest == std::vector<WrittenChange::Product>{{"a", amount("2")}});
}

TEST_CASE("of many products the five with the largest difference are named, losses, too") {
  const auto change = between({row("a", "1", "1"), row("b", "1", "60")},
                              {row("a", "1", "2"), row("c", "1", "20"), row("d", "1", "30"),
                               row("e", "1", "20"), row("f", "1", "50"), row("g", "1", "3")});
  CHECK(change.largest == std::vector<WrittenChange::Product>{{"b", amount("-60")},
                                                              {"f", amount("50")},
                                                              {"d", amount("30")},
                                                              {"c", amount("20")},
                                                              {"e", amount("20")}});
}

TEST_CASE("the reverse of a change is the change back") {
  const std::vector<SalesRow> one{row("a", "1", "10", "5"), row("b", "2", "20", "8")};
  const std::vector<SalesRow> other{row("b", "3", "33", "9"), row("c", "4", "40", "7")};
  CHECK(reversed(between(one, other)) == between(other, one));
}
