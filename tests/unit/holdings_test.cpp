// SPDX-License-Identifier: MIT
#include "daemon/lanes/holdings.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

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

/// A VPS whose clock nobody has heard yet.
struct Unheard {
  Holdings holdings{7, {}, [] { return today; }};
  test::Steps steps;
  test::FakeTarget vps{"vps", steps};

  Unheard() { holdings.set_target("vps", {std::shared_ptr<void>(), &vps}); }
};

TEST_CASE("what this process brings of old days does not make it doubt the clock") {
  Unheard branch;
  branch.holdings.ledger_read("local", {});
  branch.holdings.note_written("local", ledger_day(400, 5));
  CHECK_FALSE(branch.holdings.writing_doubt());
  branch.holdings.ledger_read("local", {ledger_day(400, 5)});  // again
  CHECK_FALSE(branch.holdings.writing_doubt());
}

TEST_CASE("where the ledgers end long ago, the VPS has to confirm what day it is") {
  Unheard branch;
  branch.holdings.ledger_read("local", {ledger_day(400, 5)});
  CHECK(branch.holdings.writing_doubt());
  branch.holdings.clocks().heard("vps", std::chrono::system_clock::now(), time_since_boot());
  CHECK_FALSE(branch.holdings.writing_doubt());
}

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

TEST_CASE("while another process serves the branch nothing may be written") {
  bool rival = true;
  Holdings holdings(
      7, {}, [] { return today; }, {}, [&rival] { return rival; });
  REQUIRE(holdings.writing_doubt());
  CHECK_THAT(*holdings.writing_doubt(),
             test::contains("another process of this machine serves branch 7"));
  ExtractedDay day;
  day.date = today - std::chrono::days(1);
  CHECK(holdings.doubt(day));
  rival = false;
  CHECK_FALSE(holdings.writing_doubt());
  CHECK_FALSE(holdings.doubt(day));
}
