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

WantedDay wanted(const DayTotals& totals, bool ended) {
  return {totals, ended, false, false};
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
      {"a small day empty", nothing, {{"local", small, 10}}, hold, write},
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

TEST_CASE("a day before the first that the POS keeps is archived, one behind a hole is held") {
  const std::vector<ProvenDay> proven{{"local", full, {}}};
  CHECK(judge({nothing, true, true, false}, proven, {}).verdict == Verdict::archive);
  CHECK(judge({nothing, true, false, false}, proven, {}).verdict == Verdict::hold);
  CHECK(judge({nothing, true, true, false}, {}, {}).verdict == Verdict::write);
  LockLimits off;
  off.enabled = false;
  CHECK(judge({nothing, true, true, false}, proven, off).verdict == Verdict::archive);
}

TEST_CASE("what a person has approved is written, and so is all with the lock off") {
  const std::vector<ProvenDay> proven{{"local", full, 100}};
  CHECK(judge({nothing, true, false, true}, proven, {}).verdict == Verdict::write);
  CHECK(judge({nothing, true, true, true}, proven, {}).verdict == Verdict::write);
  LockLimits off;
  off.enabled = false;
  CHECK(judge({nothing, true, false, false}, proven, off).verdict == Verdict::write);
}

TEST_CASE("a hold names the fullest target, rows and money") {
  const std::vector<ProvenDay> proven{{"local", small, {}}, {"vps", full, {}}};
  const auto judgement = judge({nothing, true, false, false}, proven, {});
  CHECK_THAT(judgement.reason, contains("100 of 100 rows in vps"));
  CHECK_THAT(judgement.reason, contains("sales 1000.0000 to 0.0000"));
}
