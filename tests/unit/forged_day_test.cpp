// SPDX-License-Identifier: MIT
// What sync_day() does with rows that are others than those that they add up to.
#include "lib/core/error.hpp"
#include "lib/sync/day_sync.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/logged.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

std::vector<SalesRow> rows_of(int count) {
  std::vector<SalesRow> rows;
  for (int i = 0; i < count; ++i) rows.push_back(row("p" + std::to_string(1'000 + i), "1", "10"));
  return rows;
}

const ExtractedDay gone = [] {
  ExtractedDay none{day, {}, {}, true};
  return none;
}();

/// Two targets that hold the same day; the rows of the VPS are to be forged.
struct Bench {
  explicit Bench(int count = 300) : sold(extracted_day(day, rows_of(count))) {
    rules.branch_id = branch_id;
    sync(local, sold);
    sync(vps, sold);
  }

  TargetOutcome sync(FakeTarget& target, const ExtractedDay& wanted,
                     SyncMode mode = SyncMode::write) {
    FakeTarget& other = &target == &local ? vps : local;
    rules.other = OtherTarget{std::shared_ptr<Target>(std::shared_ptr<void>(), &other),
                              other.name(), true, other.held(day).ledger};
    return sync_day(target, wanted, mode, rules, known);
  }

  /// Each row's sales, or supplier, becomes another; everything adds up as it did.
  void forge(std::int32_t SalesKey::*part = nullptr) {
    FakeTarget::Day& held = vps.days[day];
    auto rows = FakeTarget::list(held);
    held.rows.clear();
    for (SalesRow& each : rows) {
      if (part)
        each.key.*part += 1;
      else
        each.venta += Decimal::from_units(1);
      held.rows[each.key] = each;
    }
    held.forged = sold.totals;
  }

  bool is_as_sold() { return FakeTarget::list(vps.held(day)) == sold.rows; }

  Steps steps;
  FakeTarget local{"local", steps};
  FakeTarget vps{"vps", steps};
  DayRules rules;
  std::optional<KnownRows> known;
  const ExtractedDay sold;
};

}  // namespace

TEST_CASE("a verification finds forged rows and mends them, large day or small") {
  Bench bench(GENERATE(3, 300, 3'000));
  bench.forge(GENERATE(static_cast<std::int32_t SalesKey::*>(nullptr), &SalesKey::proveedor));
  CHECK(bench.sync(bench.vps, bench.sold).action == DayAction::unchanged);
  const auto outcome = bench.sync(bench.vps, bench.sold, SyncMode::audit);
  CHECK(outcome.action == DayAction::repaired);
  CHECK(outcome.forged);
  CHECK(outcome.attempts == 2);
  CHECK(outcome.written == bench.sold.rows.size());
  CHECK(bench.vps.last_note.reason == ChangeReason::danado);
  CHECK(bench.vps.last_note.damaged);
  CHECK(bench.is_as_sold());
  CHECK(bench.sync(bench.vps, bench.sold, SyncMode::audit).action == DayAction::unchanged);
}

TEST_CASE("each forged row is named") {
  Bench bench;
  bench.forge();
  const auto text = logged([&] { bench.sync(bench.vps, bench.sold, SyncMode::audit); });
  CHECK_THAT(text, contains("2026-01-05 vps: 300 rows are not those of the POS"));
  CHECK_THAT(text, contains("Upc p1007 (supplier 1, department 2, category 0, subcategory 4): "
                            "units 1.0000, sales 10.0001, cost 0.0000 instead of "
                            "units 1.0000, sales 10.0000, cost 0.0000"));
}

TEST_CASE("an audit says that rows are forged and writes nothing") {
  Bench bench;
  bench.forge();
  const int transactions = bench.vps.transactions;
  CHECK(bench.sync(bench.vps, bench.sold, SyncMode::dry_run).action == DayAction::unchanged);
  const auto outcome = bench.sync(bench.vps, bench.sold, SyncMode::audit_only);
  CHECK(outcome.action == DayAction::repaired);
  CHECK(outcome.forged);
  CHECK(bench.vps.transactions == transactions);
  CHECK_FALSE(bench.is_as_sold());
}

TEST_CASE("a verification takes no other target's rows for those of this one") {
  Bench bench;
  bench.forge();
  CHECK(bench.sync(bench.local, bench.sold, SyncMode::audit).action == DayAction::unchanged);
  CHECK(bench.known);
  CHECK(bench.sync(bench.vps, bench.sold, SyncMode::audit).action == DayAction::repaired);
}

TEST_CASE("a verification of equal rows fetches none") {
  Bench bench;
  bench.sync(bench.vps, bench.sold, SyncMode::audit);
  CHECK(bench.vps.sealings == 1);
  CHECK(bench.vps.fetched == 0);
  CHECK(bench.vps.reads == 0);
}

TEST_CASE("forged rows are found where the day has changed in the POS, too") {
  Bench bench;
  bench.forge();
  auto rows = bench.sold.rows;
  rows.push_back(row("z", "1", "10"));
  const auto later = extracted_day(day, rows);
  bench.vps.before_transaction = [&] { bench.vps.days[day].forged.reset(); };
  CHECK(bench.sync(bench.vps, later, SyncMode::audit).written == rows.size());
  CHECK(FakeTarget::list(bench.vps.held(day)) == rows);
}

TEST_CASE("forged rows of a day that keeps its suppliers are found") {
  Bench bench;
  auto moved = bench.sold.rows;
  for (SalesRow& each : moved) each.key.proveedor = 0;
  bench.forge();
  CHECK(bench.sync(bench.vps, extracted_day(day, moved), SyncMode::audit).action ==
        DayAction::repaired);
  CHECK(bench.is_as_sold());
}

TEST_CASE("forged rows of a day that the POS keeps no longer are held until a person decides") {
  Bench bench;
  bench.forge();
  const auto mode =
      GENERATE(SyncMode::write, SyncMode::audit, SyncMode::dry_run, SyncMode::audit_only);
  for (FakeTarget* target : {&bench.local, &bench.vps}) {
    const auto outcome = bench.sync(*target, gone, mode);
    CHECK(outcome.action == DayAction::held);
    CHECK(outcome.conflict);
    CHECK(outcome.forged);
    CHECK_FALSE(outcome.recorded);
    CHECK_THAT(outcome.reason, contains("300 rows in " + target->name() + " are not those in"));
  }
  CHECK(restore_day(bench.vps, gone, bench.rules).action == DayAction::copied);
  CHECK(bench.is_as_sold());
  CHECK(bench.sync(bench.vps, gone, SyncMode::audit).action == DayAction::archived);
}

TEST_CASE("an archived day is not held because the other target is damaged, which is mended") {
  Bench bench;
  bench.vps.days[day].rows.erase(bench.sold.rows.front().key);
  const auto mode = GENERATE(SyncMode::write, SyncMode::audit);
  CHECK(bench.sync(bench.local, gone, mode).action == DayAction::archived);
  CHECK(bench.sync(bench.vps, gone, mode).action == DayAction::repaired);
  CHECK(bench.is_as_sold());
}

TEST_CASE("an archived day of equal rows is proven, also while the other target is silent") {
  Bench bench;
  CHECK(bench.sync(bench.vps, gone, SyncMode::audit).recorded);
  CHECK(bench.local.fetched + bench.vps.fetched == 0);
  bench.rules.other->target.reset();
  CHECK(sync_day(bench.vps, gone, SyncMode::audit, bench.rules, bench.known).recorded);
}
