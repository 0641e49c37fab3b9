// SPDX-License-Identifier: MIT
#include "daemon/lanes/holdings.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

const Date today = parse_date("2026-03-01");

LedgerDay ledger_day(int before, std::uint64_t rows) {
  DayTotals totals;
  totals.filas = rows;
  return {today - std::chrono::days(before), totals, {}, 1, {}, {}};
}

struct Bench {
  Holdings holdings{7, {}, [] { return today; }};

  Bench() {
    for (const char* name : {"local", "vps"}) {
      holdings.set_target(name, nullptr);
      holdings.ledger_read(name, {ledger_day(20, 5), ledger_day(10, 0)});
    }
  }
  std::optional<ProvenDay> remembered(int before) {
    return holdings.rules("vps", today - std::chrono::days(before)).remembered;
  }
};

}  // namespace

TEST_CASE("a day with rows that is gone from every ledger is remembered") {
  Bench bench;
  bench.holdings.ledger_read("local", {});
  CHECK(bench.holdings.vanished().empty());
  bench.holdings.ledger_read("vps", {});
  CHECK(bench.holdings.vanished() == std::vector<Date>{today - std::chrono::days(20)});
  REQUIRE(bench.remembered(20));
  CHECK(bench.remembered(20)->totals.filas == 5);
  CHECK_FALSE(bench.remembered(10));  // there was nothing in it
}

TEST_CASE(
    "a remembered day that is written again, as the POS has it or by approval, is forgotten") {
  Bench bench;
  bench.holdings.ledger_read("local", {});
  bench.holdings.ledger_read("vps", {});
  bench.holdings.note_written("vps", ledger_day(20, 0));
  CHECK(bench.holdings.vanished().empty());
  CHECK_FALSE(bench.remembered(20));
}

TEST_CASE(
    "a target's rules know when the day ended, and since when the other's ledger is verified") {
  const auto end_of = [](Date date) { return date + std::chrono::hours(30); };
  Holdings holdings{7, {}, [] { return today; }, end_of};
  const Date date = today - std::chrono::days(1);
  LedgerDay other = ledger_day(1, 5);
  other.verified = today;
  holdings.set_target("local", nullptr);
  holdings.set_target("vps", nullptr);
  holdings.ledger_read("vps", {other});
  CHECK(holdings.rules("local", date).end == today + std::chrono::hours(6));
  CHECK(holdings.rules("local", date).other->verified == other.verified);
  CHECK_FALSE(holdings.rules("vps", date).other->verified);
}
