// SPDX-License-Identifier: MIT
#include "lib/sync/day_case.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date day = parse_date("2026-01-05");
const ExtractedDay sold = extracted_day(day, {row("a", "1", "10"), row("b", "2", "20")});
const ExtractedDay altered = extracted_day(day, {row("a", "1", "10"), row("b", "2", "25")});
const ExtractedDay none = extracted_day(day, {});

struct Bench {
  Bench() { rules.branch_id = branch_id; }

  /// The target holds `rows`, and its ledger says `ledger`.
  static void put(FakeTarget& target, const ExtractedDay& rows, const ExtractedDay& ledger) {
    FakeTarget::Day& held = target.days[day];
    held.rows.clear();
    for (const SalesRow& each : rows.rows) held.rows.emplace(each.key, each);
    held.ledger = ledger.totals;
    held.revision = 2;
    held.verified = day + 30h;
  }
  void know_other() {
    rules.other = OtherTarget{std::shared_ptr<Target>(std::shared_ptr<void>(), &vps), "vps", true,
                              vps.held(day).ledger};
  }
  DayCase look(const ExtractedDay& extracted, Proof proof = Proof::sums) {
    DayCase found(local, extracted, rules, known, proof);
    found.look();
    return found;
  }

  Steps steps;
  FakeTarget local{"local", steps};
  FakeTarget vps{"vps", steps};
  DayRules rules;
  std::optional<KnownRows> known;
};

}  // namespace

TEST_CASE("a day is up to date when rows and ledger are what the POS has, else it is judged") {
  Bench bench;
  Bench::put(bench.local, sold, sold);
  CHECK(bench.look(sold).is_up_to_date(sold));
  CHECK_FALSE(bench.look(altered).is_up_to_date(altered));
  Bench::put(bench.local, altered, sold);
  auto damaged = bench.look(sold);
  CHECK_FALSE(damaged.is_up_to_date(sold));
  CHECK(damaged.is_damaged());
}

TEST_CASE("forged rows are found where the rows are proof, and not by what they add up to") {
  Bench bench;
  Bench::put(bench.local, altered, sold);
  bench.local.days[day].forged = sold.totals;
  CHECK(bench.look(sold).is_up_to_date(sold));
  auto by_rows = bench.look(sold, Proof::rows);
  CHECK_FALSE(by_rows.is_up_to_date(sold));
  CHECK(by_rows.is_forged());
}

TEST_CASE("whoever was overtaken looks again, unless the target has the same already") {
  Bench bench;
  Bench::put(bench.local, sold, sold);
  bench.rules.revision = 1;
  CHECK_THROWS_AS(bench.look(altered), Overtaken);
  CHECK_NOTHROW(bench.look(sold));
}

TEST_CASE("the other target's rows count only when they are what its ledger says") {
  Bench bench;
  Bench::put(bench.vps, sold, sold);
  bench.know_other();
  auto found = bench.look(none);
  REQUIRE(found.other_rows());
  CHECK(*found.other_rows() == sold.rows);
  Bench::put(bench.vps, altered, sold);
  CHECK(bench.look(none).other_rows() == nullptr);
}

TEST_CASE("that the other target does not answer is no error of this one") {
  Bench bench;
  Bench::put(bench.vps, sold, sold);
  bench.know_other();
  auto found = bench.look(none);
  bench.steps.always_fail(true);
  CHECK(found.other_rows() == nullptr);
}

TEST_CASE("what was proven of a damaged day is found in the other target, if it was that") {
  Bench bench;
  Bench::put(bench.local, altered, sold);
  Bench::put(bench.vps, sold, sold);
  bench.know_other();
  auto found = bench.look(sold);
  REQUIRE(found.proven_rows());
  CHECK(*found.proven_rows() == sold.rows);
  const ExtractedDay third = extracted_day(day, {row("c", "3", "30")});
  Bench::put(bench.vps, third, third);
  bench.know_other();
  CHECK(bench.look(sold).proven_rows() == nullptr);
}

TEST_CASE("an ended day without sales waits until it is known what the other target has") {
  Bench bench;
  bench.rules.other = OtherTarget{nullptr, "vps", false, {}};
  CHECK(bench.look(none).must_wait_for_other());
  bench.rules.other->known = true;
  CHECK_FALSE(bench.look(none).must_wait_for_other());
  bench.rules.other->known = false;
  bench.rules.ended = false;
  CHECK_FALSE(bench.look(none).must_wait_for_other());
}

TEST_CASE("a person's approval is said to be needed only where the judge would have held") {
  Bench bench;
  bench.rules.limits.min_rows = 0;
  Bench::put(bench.local, sold, sold);
  const ExtractedDay fewer = extracted_day(day, {row("a", "1", "10")});
  CHECK(bench.look(fewer).judge(fewer, false).verdict == Verdict::hold);
  bench.rules.approval = Approval{{fewer.totals, sold.totals}, "ana", "returned"};
  auto approved = bench.look(fewer);
  CHECK(approved.judge(fewer, false).verdict == Verdict::write);
  CHECK(approved.needed_approval());
  auto same = bench.look(sold);
  same.judge(sold, false);
  CHECK_FALSE(same.needed_approval());
}
