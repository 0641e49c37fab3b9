// SPDX-License-Identifier: MIT
#include "lib/sync/day_sync.hpp"

#include "lib/core/error.hpp"
#include "lib/sync/open_day.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

ExtractedDay extracted(std::vector<SalesRow> rows) {
  return extracted_day(day, std::move(rows));
}

const ExtractedDay monday =
    extracted({row("a", "1", "10"), row("b", "2", "20"), row("c", "3", "30")});
const ExtractedDay later =
    extracted({row("a", "1", "10"), row("b", "2", "21"), row("d", "4", "40")});
const ExtractedDay empty = extracted({});

DayRules open_day() {
  DayRules rules;
  rules.branch_id = branch_id;
  rules.ended = false;
  return rules;
}

struct Bench {
  Steps steps;
  FakeTarget target{"local", steps};
  std::optional<KnownRows> known;

  TargetOutcome sync(const ExtractedDay& wanted, SyncMode mode = SyncMode::write,
                     const DayRules& rules = open_day()) {
    known.reset();
    return sync_day(target, wanted, mode, rules, known);
  }
  bool holds(const ExtractedDay& wanted) {
    const auto state = FakeTarget::state_of(day, target.days[day]);
    return state.actual == wanted.totals && state.ledger == wanted.totals;
  }
};

}  // namespace

TEST_CASE("a new day is written, recorded and audited in one transaction") {
  Bench bench;
  const auto outcome = bench.sync(monday);
  CHECK(outcome.action == DayAction::created);
  CHECK(outcome.attempts == 1);
  CHECK(outcome.written == 3);
  CHECK(bench.target.transactions == 1);
  CHECK(bench.target.reads == 0);
  CHECK(bench.holds(monday));
}

TEST_CASE("a day that is up to date is audited and not written") {
  Bench bench;
  bench.sync(monday);
  const auto outcome = bench.sync(monday);
  CHECK(outcome.action == DayAction::unchanged);
  CHECK(bench.target.transactions == 1);
}

TEST_CASE("a changed day gets only its difference, and vanished rows go") {
  Bench bench;
  bench.sync(monday);
  const auto outcome = bench.sync(later);
  CHECK(outcome.action == DayAction::changed);
  CHECK(outcome.written == 2);
  CHECK(outcome.removed == 1);
  CHECK(bench.target.clears == 0);
  CHECK(bench.holds(later));
}

TEST_CASE("the outcome says in rows and money what the write changed, of a reprocess, too") {
  for (const auto mode : {SyncMode::write, SyncMode::dry_run, SyncMode::reprocess}) {
    Bench bench;
    CHECK(bench.sync(monday).change.added == 3);
    const auto change = bench.sync(later, mode).change;
    CHECK(change == change_of(compare(monday.rows, later.rows)));
    CHECK(change.venta == Decimal::parse("11"));
    if (mode != SyncMode::dry_run) CHECK(bench.sync(later).change.empty());
  }
}

TEST_CASE("the history keeps the change of an ended day and of a damaged one, not a beginning") {
  Bench bench;
  DayRules ended = open_day();
  ended.ended = true;
  CHECK_FALSE(bench.sync(monday, SyncMode::write, ended).in_history);
  CHECK(bench.sync(later, SyncMode::write, ended).in_history);
  CHECK_FALSE(bench.sync(monday).in_history);
  bench.target.days[day].rows.erase(monday.rows[0].key);
  CHECK(bench.sync(monday).in_history);
}

TEST_CASE(
    "the first look after a day's end closes it: what it writes is no change of a closed day") {
  Bench bench;
  using std::chrono::hours;
  bench.target.now = [] { return day + hours(20); };
  bench.sync(monday);
  bench.target.now = [] { return day + hours(33); };
  DayRules ended = open_day();
  ended.ended = true;
  ended.end = day + hours(30);
  ended.limits.enabled = false;
  const bool changes = GENERATE(true, false);
  const auto first = bench.sync(changes ? later : monday, SyncMode::write, ended);
  CHECK(first.recorded);
  CHECK_FALSE(first.in_history);
  CHECK(bench.target.permits.back().closes());
  CHECK_FALSE(bench.target.permits.back().closed());
  CHECK(bench.target.transactions == 2);
  const auto second = bench.sync(changes ? monday : later, SyncMode::write, ended);
  CHECK(second.in_history);
  CHECK_FALSE(bench.target.permits.back().closes());
  CHECK(bench.target.permits.back().closed());
}

TEST_CASE("a reprocess closes no day: somebody has asked for it") {
  Bench bench;
  bench.target.now = [] { return day + std::chrono::hours(20); };
  bench.sync(monday);
  DayRules ended = open_day();
  ended.ended = true;
  ended.end = day + std::chrono::hours(30);
  CHECK(bench.sync(later, SyncMode::reprocess, ended).in_history);
  CHECK_FALSE(bench.target.permits.back().closes());
}

TEST_CASE("damage and a change of the POS are two steps, where the proven rows are known") {
  const auto mode = GENERATE(SyncMode::write, SyncMode::audit, SyncMode::reprocess);
  Bench bench;
  bench.sync(monday);
  bench.target.days[day].rows.at(monday.rows[1].key).venta = Decimal::parse("27");
  DayRules rules = open_day();
  rules.ended = true;
  rules.revision = 1;
  rules.confirmed = std::make_shared<const ExtractedDay>(monday);
  const auto outcome = bench.sync(later, mode, rules);
  REQUIRE(outcome.repaired);
  CHECK(outcome.repaired->venta == Decimal::parse("-7"));
  CHECK(outcome.followed == change_of(compare(monday.rows, later.rows)));
  CHECK(outcome.change.venta == outcome.repaired->venta + outcome.followed->venta);
  REQUIRE(bench.target.notes.size() == 2);
  CHECK(bench.target.notes[0].reason == ChangeReason::danado);
  CHECK(bench.target.notes[1].reason ==
        (mode == SyncMode::reprocess ? ChangeReason::reproceso : ChangeReason::pos));
  CHECK_FALSE(bench.target.notes[1].damaged);
  CHECK(bench.target.permits[0].covers(day, monday.totals));
  CHECK(outcome.revision == bench.target.days[day].revision);
  CHECK(bench.holds(later));
}

TEST_CASE("damage alone, or of which nobody has the proven rows, is one step") {
  Bench bench;
  bench.sync(monday);
  bench.target.days[day].rows.at(monday.rows[1].key).venta = Decimal::parse("27");
  DayRules rules = open_day();
  rules.ended = true;
  const bool known = GENERATE(true, false);
  rules.limits.enabled = false;
  if (known) rules.confirmed = std::make_shared<const ExtractedDay>(monday);
  const auto outcome = bench.sync(known ? monday : later, SyncMode::write, rules);
  CHECK(outcome.action == DayAction::repaired);
  CHECK_FALSE(outcome.repaired);
  REQUIRE(bench.target.notes.size() == 1);
  CHECK(bench.target.notes[0].note.empty() == known);
}

TEST_CASE("a failure at any step of the two leaves nothing, or all of it") {
  for (std::size_t step = 1;; ++step) {
    Bench bench;
    bench.sync(monday);
    bench.target.days[day].rows.at(monday.rows[1].key).venta = Decimal::parse("27");
    const auto damaged = bench.target.days[day].rows;
    DayRules rules = open_day();
    rules.confirmed = std::make_shared<const ExtractedDay>(monday);
    bench.steps.fail_at(step, Error(ErrorClass::transient, ErrorCause::link, "the link broke"));
    try {
      bench.sync(later, SyncMode::write, rules);
      CHECK(bench.holds(later));
      CHECK(step > 6);
      return;
    } catch (const Error&) {
      CHECK(bench.target.days[day].rows == damaged);
    }
  }
}

TEST_CASE("the short way of an open day says what it changed, too") {
  Bench bench;
  bench.sync(monday);
  const auto outcome = push_delta(bench.target, later, monday, open_day());
  REQUIRE(outcome);
  CHECK(outcome->change == change_of(compare(monday.rows, later.rows)));
}

TEST_CASE("of a damaged day the change leads from what was altered to what was proven") {
  Bench bench;
  bench.sync(monday);
  auto& rows = bench.target.days[day].rows;
  rows.erase(monday.rows[0].key);
  rows.at(monday.rows[1].key).venta = Decimal::parse("27");
  const auto outcome = bench.sync(monday);
  CHECK(outcome.action == DayAction::repaired);
  CHECK(outcome.change.added == 1);
  CHECK(outcome.change.changed == 1);
  CHECK(outcome.change.venta == Decimal::parse("3"));
}

TEST_CASE("a day without sales is recorded, and clears no rows that were there before") {
  Bench bench;
  CHECK(bench.sync(empty).action == DayAction::created);
  CHECK(bench.holds(empty));
  bench.sync(monday);
  CHECK(bench.sync(empty).action == DayAction::held);
  CHECK(bench.holds(monday));
}

TEST_CASE("damage by another hand is noticed and mended, in two attempts") {
  Bench bench;
  const auto damage = GENERATE(0, 1, 2, 3, 4, 5);
  bench.sync(monday);
  auto& held = bench.target.days[day];
  auto key = [](const char* upc) { return row(upc, "0", "0").key; };
  if (damage == 0) held.rows[key("a")].venta = Decimal::parse("11");
  if (damage == 1) std::swap(held.rows[key("a")].venta, held.rows[key("b")].venta);
  if (damage == 2) held.rows.erase(key("b"));
  if (damage == 3) held.rows[key("z")] = row("z", "0", "0");
  if (damage == 4) held.ledger.reset();
  if (damage == 5) held.ledger->filas = 7;
  CAPTURE(damage);
  const auto outcome = bench.sync(monday);
  CHECK(outcome.action == DayAction::repaired);
  CHECK(outcome.attempts == 2);
  CHECK(bench.holds(monday));
}

TEST_CASE("a load that fails its audit is rolled back and replaced by a whole new day") {
  Bench bench;
  bench.sync(monday);
  int audits = 0;
  bench.target.sabotage = [&](FakeTarget::Day& held) {
    if (++audits == 1) held.rows.erase(held.rows.begin());
  };
  const auto outcome = bench.sync(later);
  CHECK(outcome.action == DayAction::repaired);
  CHECK(outcome.attempts == 2);
  CHECK(bench.target.clears == 1);
  CHECK(bench.holds(later));
}

TEST_CASE(
    "when even the replacement does not agree, the day fails and the target keeps what it had") {
  Bench bench;
  bench.sync(monday);
  bench.target.sabotage = [](FakeTarget::Day& held) { held.rows.erase(held.rows.begin()); };
  try {
    bench.sync(later);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.cause() == ErrorCause::audit);
    CHECK_FALSE(error.retryable());
  }
  CHECK(bench.holds(monday));
}

TEST_CASE("a plan says what would be done and writes nothing") {
  Bench bench;
  bench.sync(monday);
  const auto outcome = bench.sync(later, SyncMode::dry_run);
  CHECK(outcome.action == DayAction::changed);
  CHECK(outcome.written == 2);
  CHECK(outcome.removed == 1);
  CHECK(bench.target.transactions == 1);
  CHECK(bench.holds(monday));
}

TEST_CASE("the second target need not be asked for rows that the first is known to hold") {
  Steps steps;
  FakeTarget local("local", steps), vps("vps", steps);
  std::optional<KnownRows> known;
  for (Target* target : {static_cast<Target*>(&local), static_cast<Target*>(&vps)})
    sync_day(*target, monday, SyncMode::write, open_day(), known);
  known.reset();
  sync_day(local, later, SyncMode::write, open_day(), known);
  sync_day(vps, later, SyncMode::write, open_day(), known);
  CHECK(local.reads == 1);
  CHECK(vps.reads == 0);
  CHECK(vps.days[day].rows == local.days[day].rows);
}

TEST_CASE("rows known of another content are not taken for the target's") {
  Steps steps;
  FakeTarget local("local", steps), vps("vps", steps);
  std::optional<KnownRows> known;
  sync_day(local, monday, SyncMode::write, open_day(), known);
  known.reset();
  sync_day(vps, later, SyncMode::write, open_day(), known);
  known.reset();
  const auto fewer = extracted({row("a", "1", "10")});
  sync_day(local, fewer, SyncMode::write, open_day(), known);
  sync_day(vps, fewer, SyncMode::write, open_day(), known);
  CHECK(vps.reads == 1);
  CHECK(vps.days[day].rows.size() == 1);
  CHECK(vps.clears == 0);
}

TEST_CASE("a commit whose answer was lost is found done when the unit is repeated") {
  Bench bench;
  bench.target.lose_answer_to_commit = true;
  CHECK_THROWS_AS(bench.sync(monday), Error);
  CHECK(bench.sync(monday).action == DayAction::unchanged);
  CHECK(bench.holds(monday));
}

TEST_CASE(
    "a failure at any step leaves the old or the new day, whole, and repeating it ends well") {
  const std::vector<const ExtractedDay*> befores{nullptr, &monday, &empty};
  for (const auto* before : befores) {
    for (std::size_t step = 1;; ++step) {
      Bench bench;
      if (before) bench.sync(*before);
      bench.steps.fail_at(step, Error(ErrorClass::transient, ErrorCause::link, "cut"));
      bool failed = false;
      try {
        bench.sync(later);
      } catch (const Error&) {
        failed = true;
      }
      bench.steps.never_fail();
      CAPTURE(step);
      const bool old_day = before ? bench.holds(*before) : bench.target.days[day].rows.empty();
      REQUIRE((failed ? old_day : bench.holds(later)));
      bench.sync(later);
      REQUIRE(bench.holds(later));
      if (!failed) break;
    }
  }
}
