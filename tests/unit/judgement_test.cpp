// SPDX-License-Identifier: MIT
#include "lib/sync/judgement.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace consolidador;
using consolidador::test::contains;

namespace {

DayTotals totals(std::uint64_t rows, const char* units, const char* sales, const char* cost) {
  return {rows, Decimal::parse(units), Decimal::parse(sales), Decimal::parse(cost), rows};
}

const DayTotals nothing;
const DayTotals full = totals(100, "200", "1000", "700");
const DayTotals small = totals(10, "10", "100", "70");

struct Case {
  const char* what;
  DayTotals wanted;
  std::vector<ProvenDay> proven;
  Verdict ended, today;
};

const Date date = parse_date("2026-01-05");

WantedDay wanted(const DayTotals& totals, bool ended, bool before_horizon = false) {
  return {date, totals, ended, before_horizon, std::nullopt};
}

WantedDay approved(const DayTotals& totals, const DayTotals& content, const DayTotals& shown = full,
                   bool ended = true) {
  return {date, totals, ended, false, ApprovedLoss{content, shown}};
}

}  // namespace

TEST_CASE("what takes away more than corrections do is held") {
  using enum Verdict;
  const std::vector<Case> cases{
      {"nothing was proven", nothing, {}, write, write},
      {"a day without sales was proven", full, {{"local", nothing, {}}}, write, write},
      {"the same again", full, {{"local", full, 0}}, write, write},
      {"twice as much", totals(200, "400", "2000", "1400"), {{"local", full, 0}}, write, write},
      {"empty", nothing, {{"local", full, 100}}, hold, hold},
      {"a small day empty", nothing, {{"local", small, 10}}, hold, hold},
      {"20 rows of 100", totals(80, "195", "950", "660"), {{"local", full, 20}}, write, write},
      {"21 rows of 100", totals(79, "195", "950", "660"), {{"local", full, 21}}, hold, hold},
      {"21 rows of 210",
       totals(189, "195", "950", "660"),
       {{"local", totals(210, "200", "1000", "700"), 21}},
       write,
       write},
      {"other keys in place of as many", full, {{"local", full, 100}}, hold, hold},
      {"sales fall by a tenth",
       totals(100, "200", "900", "700"),
       {{"local", full, 0}},
       write,
       write},
      {"sales fall by more",
       totals(100, "200", "899.9999", "700"),
       {{"local", full, 0}},
       hold,
       write},
      {"units fall by more", totals(100, "179", "1000", "700"), {{"local", full, 0}}, hold, write},
      {"cost falls by more", totals(100, "200", "1000", "629"), {{"local", full, 0}}, hold, write},
      {"a day of returns returns more",
       totals(10, "-12", "-100", "-70"),
       {{"local", totals(10, "-10", "-100", "-70"), 0}},
       hold,
       write},
      {"the other target has it fuller",
       small,
       {{"local", small, 0}, {"vps", full, {}}},
       hold,
       hold},
      {"no target has it fuller", full, {{"local", small, 0}, {"vps", full, {}}}, write, write},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    CHECK(judge(wanted(each.wanted, true), each.proven, {}).verdict == each.ended);
    CHECK(judge(wanted(each.wanted, false), each.proven, {}).verdict == each.today);
  }
}

TEST_CASE("only an answer to write comes with a permit, for that content of that day") {
  const std::vector<ProvenDay> proven{{"local", full, 0}};
  const auto write = judge(wanted(full, true), proven, {});
  REQUIRE(write.permit);
  CHECK(write.permit->covers(date, full));
  CHECK_FALSE(write.permit->covers(date, small));
  CHECK_FALSE(write.permit->covers(date + std::chrono::days(1), full));
  CHECK_FALSE(judge(wanted(nothing, true), proven, {}).permit);
  CHECK_FALSE(judge(wanted(nothing, true, true), proven, {}).permit);
}

TEST_CASE("a day before the first that the POS keeps is archived, one behind a hole is held") {
  const std::vector<ProvenDay> proven{{"local", full, {}}};
  CHECK(judge(wanted(nothing, true, true), proven, {}).verdict == Verdict::archive);
  CHECK(judge(wanted(nothing, true), proven, {}).verdict == Verdict::hold);
  CHECK(judge(wanted(nothing, true, true), {}, {}).verdict == Verdict::write);
  LockLimits off;
  off.enabled = false;
  CHECK(judge(wanted(nothing, true, true), proven, off).verdict == Verdict::archive);
}

TEST_CASE("an archived day of which the targets hold different rows is held for a person") {
  const auto verdict = judge(wanted(nothing, true, true),
                             std::vector<ProvenDay>{{"local", full, {}}, {"vps", small, {}}}, {});
  CHECK(verdict.verdict == Verdict::hold);
  CHECK(verdict.conflict);
  CHECK_THAT(verdict.reason, contains("local has 100 rows, sales 1000.0000, vps has 10 rows"));
  // A target that contradicts itself has nothing to say.
  CHECK(judge(wanted(nothing, true, true),
              std::vector<ProvenDay>{{"local", full, {}}, {"vps", small, {}, false}}, {})
            .verdict == Verdict::archive);
}

TEST_CASE("what a person has approved is written, and nothing that was not shown") {
  using enum Verdict;
  const std::vector<ProvenDay> proven{{"local", full, 100}};
  const DayTotals more = totals(101, "200", "1000", "700");
  CHECK(judge(approved(nothing, nothing), proven, {}).verdict == write);
  CHECK(judge(approved(small, small), proven, {}).verdict == write);
  CHECK(judge(approved(nothing, small), proven, {}).verdict == hold);  // less than was approved
  CHECK(judge(approved(small, nothing), proven, {}).verdict == hold);  // something else
  CHECK(judge(approved(small, small, small), proven, {}).verdict == hold);  // from more than shown
  CHECK(judge(approved(small, small), std::vector<ProvenDay>{{"vps", more, {}}}, {}).verdict ==
        hold);
  const auto open = [](const DayTotals& now) { return approved(now, small, full, false); };
  CHECK(judge(open(totals(12, "12", "120", "80")), proven, {}).verdict ==
        write);  // it goes on selling
  CHECK(judge(open(nothing), proven, {}).verdict == hold);
}

TEST_CASE("of an ended day more than half of the rows are never a correction") {
  using enum Verdict;
  const DayTotals fifteen = totals(15, "15", "150", "100"), same = totals(7, "15", "150", "100");
  CHECK(judge(wanted(same, true), std::vector<ProvenDay>{{"local", fifteen, 8}}, {}).verdict ==
        hold);
  CHECK(judge(wanted(same, true),
              std::vector<ProvenDay>{{"local", totals(14, "15", "150", "100"), 7}}, {})
            .verdict == write);
  CHECK(judge(wanted(same, false), std::vector<ProvenDay>{{"local", fifteen, 8}}, {}).verdict ==
        write);
}

TEST_CASE("with the lock off everything is written") {
  const std::vector<ProvenDay> proven{{"local", full, 100}};
  LockLimits off;
  off.enabled = false;
  CHECK(judge(wanted(nothing, true), proven, off).verdict == Verdict::write);
  CHECK(judge(approved(nothing, small), proven, off).verdict == Verdict::write);
}

TEST_CASE("a permit is an approved one only where what was approved is written") {
  const std::vector<ProvenDay> proven{{"local", full, {}}};
  CHECK(judge(approved(small, small), proven, {}).permit.value().approved());
  CHECK_FALSE(judge(approved(full, small), proven, {}).permit.value().approved());
}

TEST_CASE("a hold names the fullest target, rows and money") {
  const std::vector<ProvenDay> proven{{"local", small, {}}, {"vps", full, {}}};
  const auto judgement = judge(wanted(nothing, true), proven, {});
  CHECK_THAT(judgement.reason, contains("100 of 100 rows in vps"));
  CHECK_THAT(judgement.reason, contains("sales 1000.0000 to 0.0000"));
  REQUIRE(judgement.loss);
  CHECK(judgement.loss->target == "vps");
  CHECK(judgement.loss->rows_going == 100);
}
