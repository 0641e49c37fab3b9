// SPDX-License-Identifier: MIT
#include "lib/sync/ledger_mark.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

LedgerDay ledger_day(const char* date, std::uint32_t revision, std::uint64_t rows,
                     std::uint64_t huella) {
  DayTotals totals;
  totals.filas = rows;
  totals.huella = huella;
  return {parse_date(date), totals, {}, revision};
}

const std::vector<LedgerDay> days{ledger_day("2026-01-04", 1, 10, 5),
                                  ledger_day("2026-01-05", 2, 20, 12),
                                  ledger_day("2026-01-06", 3, 30, 10)};

}  // namespace

TEST_CASE("the mark has days, revisions, rows and the Huellas of the days from one on") {
  CHECK(ledger_mark(days, parse_date("2026-01-05")) == "2|5|50|6");
  CHECK(ledger_mark(days, parse_date("2026-01-01")) == "3|6|60|3");
  CHECK(ledger_mark(days, parse_date("2026-01-07")) == "0|0|0|0");
}

TEST_CASE("whatever somebody else writes from that day on is seen in the mark") {
  const Date from = parse_date("2026-01-05");
  const auto mark = ledger_mark(days, from);
  auto other = days;
  other[1].revision = 3;
  CHECK(ledger_mark(other, from) != mark);
  other = days;
  other[2].totals.huella = 11;
  CHECK(ledger_mark(other, from) != mark);
  other = days;
  other.pop_back();
  CHECK(ledger_mark(other, from) != mark);
  other = days;
  other[0].revision = 7;
  CHECK(ledger_mark(other, from) == mark);  // before it
}
