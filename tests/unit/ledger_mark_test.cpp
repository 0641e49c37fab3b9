// SPDX-License-Identifier: MIT
#include "lib/sync/ledger_mark.hpp"

#include <utility>

#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

LedgerDay ledger_day(const char* date, std::uint32_t revision, std::uint64_t rows,
                     std::uint64_t huella) {
  DayTotals totals;
  totals.filas = rows;
  totals.huella = huella;
  return {parse_date(date), totals, parse_date(date), revision};
}

const LedgerDay::Instant now = parse_utc("2026-01-07 12:00:00");

std::string mark_of(const std::vector<LedgerDay>& days, Date from) {
  return ledger_mark(days, from, now);
}

const std::vector<LedgerDay> days{ledger_day("2026-01-04", 1, 10, 5),
                                  ledger_day("2026-01-05", 2, 20, 12),
                                  ledger_day("2026-01-06", 3, 30, 10)};

}  // namespace

TEST_CASE("the mark has the days from one on, and what they come to") {
  CHECK(mark_of(days, parse_date("2026-01-05")).starts_with("2|"));
  CHECK(mark_of(days, parse_date("2026-01-01")).starts_with("3|"));
  CHECK(mark_of(days, parse_date("2026-01-07")) == "0|0|0");
}

TEST_CASE("whatever somebody else writes from that day on is seen in the mark") {
  const Date from = parse_date("2026-01-05");
  const auto mark = mark_of(days, from);
  auto other = days;
  other[1].revision = 3;
  CHECK(mark_of(other, from) != mark);
  other = days;
  other[2].totals.huella = 11;
  CHECK(mark_of(other, from) != mark);
  for (auto amount : {&DayTotals::unidades, &DayTotals::venta, &DayTotals::costo}) {
    other = days;
    other[2].totals.*amount = Decimal::from_units(1);
    CHECK(mark_of(other, from) != mark);
  }
  other = days;
  std::swap(other[1].totals, other[2].totals);
  std::swap(other[1].revision, other[2].revision);
  CHECK(mark_of(other, from) != mark);
  other = days;
  other.pop_back();
  CHECK(mark_of(other, from) != mark);
  for (const auto when : {LedgerDay::Instant{}, now + std::chrono::hours(25)}) {
    other = days;
    other[1].verified = when;
    CHECK(mark_of(other, from) != mark);
  }
  other = days;
  other[1].verified = now;  // by whom does not matter
  CHECK(mark_of(other, from) == mark);
  other[0].revision = 7;
  CHECK(mark_of(other, from) == mark);  // before it
}
