// SPDX-License-Identifier: MIT
// What sync_day() does where the POS has lost what was proven.
#include "lib/core/error.hpp"
#include "lib/sync/day_sync.hpp"
#include "lib/sync/open_day.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

ExtractedDay extracted(std::vector<SalesRow> rows, bool before_horizon = false) {
  ExtractedDay result{day, {}, std::move(rows), before_horizon};
  std::ranges::sort(result.rows, {}, &SalesRow::key);
  result.totals = totals_of(result.rows, branch_id, day);
  return result;
}

std::vector<SalesRow> rows_of(int count, const char* sales = "10") {
  std::vector<SalesRow> rows;
  for (int i = 0; i < count; ++i) rows.push_back(row("p" + std::to_string(100 + i), "1", sales));
  return rows;
}

const ExtractedDay full = extracted(rows_of(50));
const ExtractedDay half = extracted(rows_of(25));
const ExtractedDay hole = extracted({});
const ExtractedDay purged = extracted({}, true);

/// Two targets, each synced with what is known of the other, as the daemon does.
struct Bench {
  Steps steps;
  FakeTarget local{"local", steps};
  FakeTarget vps{"vps", steps};
  DayRules rules;

  Bench() { rules.branch_id = branch_id; }

  TargetOutcome sync(FakeTarget& target, const ExtractedDay& wanted,
                     SyncMode mode = SyncMode::write) {
    FakeTarget& other = &target == &local ? vps : local;
    rules.revision = FakeTarget::state_of(day, target.held(day)).revision;
    rules.other = OtherTarget{std::shared_ptr<Target>(std::shared_ptr<void>(), &other),
                              other.name(),
                              true,
                              other.held(day).ledger,
                              std::nullopt,
                              other.held(day).verified};
    std::optional<KnownRows> known;
    return sync_day(target, wanted, mode, rules, known);
  }
  void prove(const ExtractedDay& wanted) {
    sync(local, wanted);
    sync(vps, wanted);
  }
  static bool holds(const FakeTarget& target, const ExtractedDay& wanted) {
    const auto state = FakeTarget::state_of(day, target.held(day));
    return state.intact() && state.actual == wanted.totals;
  }
  bool both_hold(const ExtractedDay& wanted) { return holds(local, wanted) && holds(vps, wanted); }
};

}  // namespace

TEST_CASE("nothing of a day that lost too much is written, whatever asks for it") {
  const auto mode =
      GENERATE(SyncMode::write, SyncMode::audit, SyncMode::reprocess, SyncMode::dry_run);
  const auto& wanted = GENERATE_REF(half, hole);
  Bench bench;
  bench.prove(full);
  for (FakeTarget* target : {&bench.local, &bench.vps}) {
    const auto outcome = bench.sync(*target, wanted, mode);
    CHECK(outcome.action == DayAction::held);
    REQUIRE(outcome.loss);
    CHECK(outcome.loss->held == full.totals);
    CHECK_THAT(outcome.reason, contains("rows in " + target->name() + " would go"));
  }
  CHECK(bench.both_hold(full));
}

TEST_CASE("when the POS has its sales again the hold is over") {
  Bench bench;
  bench.prove(full);
  CHECK(bench.sync(bench.local, half).action == DayAction::held);
  CHECK(bench.sync(bench.local, full).action == DayAction::unchanged);
}

TEST_CASE("what the other target has proven is not undercut by the one that lacks it") {
  Bench bench;
  bench.sync(bench.vps, full);
  CHECK(bench.sync(bench.local, half).action == DayAction::held);
  CHECK(bench.both_hold(full));  // and is brought from there
}

TEST_CASE("a purged day is proven between the targets and never emptied") {
  Bench bench;
  bench.prove(full);
  const auto mode = GENERATE(SyncMode::write, SyncMode::audit, SyncMode::reprocess);
  const auto outcome = bench.sync(bench.local, purged, mode);
  CHECK(outcome.action == DayAction::archived);
  CHECK(outcome.recorded);
  CHECK(outcome.holds == full.totals);
  CHECK(bench.both_hold(full));
}

TEST_CASE("a purged day is brought from the target that has it to the one that lacks it") {
  Bench bench;
  const bool empty_ledger = GENERATE(false, true);
  bench.sync(bench.local, full);
  if (empty_ledger) {  // as the version before left it
    bench.vps.days[day].ledger = DayTotals{};
    bench.vps.days[day].revision = 1;
  }
  const auto outcome = bench.sync(bench.vps, purged);
  CHECK(outcome.action == DayAction::copied);
  CHECK(bench.both_hold(full));
}

TEST_CASE("an empty day is not recorded before it is known whether the other target has it") {
  Bench bench;
  DayRules rules;
  rules.branch_id = branch_id;
  rules.other = OtherTarget{nullptr, "local", false, std::nullopt};
  std::optional<KnownRows> known;
  CHECK(sync_day(bench.vps, purged, SyncMode::write, rules, known).action == DayAction::postponed);
  CHECK_FALSE(bench.vps.held(day).ledger);
  rules.other->known = true;
  CHECK(sync_day(bench.vps, purged, SyncMode::write, rules, known).action == DayAction::created);
}

TEST_CASE("a damaged target gets its purged day back from the other") {
  Bench bench;
  bench.prove(full);
  bench.local.days[day].rows.erase(bench.local.days[day].rows.begin());
  CHECK(bench.sync(bench.local, purged).action == DayAction::repaired);
  CHECK(bench.both_hold(full));
}

TEST_CASE("a damaged target gets a held day back from the other") {
  Bench bench;
  bench.prove(full);
  bench.vps.days[day].rows.clear();
  CHECK(bench.sync(bench.vps, half).action == DayAction::held);
  CHECK(bench.both_hold(full));
}

TEST_CASE("rows of a purged day whose ledger is gone are kept, and somebody is told") {
  Bench bench;
  bench.sync(bench.local, full);
  auto& held = bench.local.days[day];
  const bool emptied = GENERATE(false, true);
  if (emptied)
    held.ledger = DayTotals{};
  else
    held.ledger.reset();
  const auto outcome = bench.sync(bench.local, purged);
  CHECK(outcome.action == DayAction::held);
  CHECK_THAT(outcome.reason, contains("no other place has them"));
  CHECK_THAT(outcome.reason, contains("; bring the day's rows and its row in SincronizacionDias "
                                      "back from a backup of either database"));
  CHECK(bench.local.held(day).rows.size() == 50);
}

TEST_CASE("a damaged purged day that a target which is down may have waits for that target") {
  Bench bench;
  bench.prove(full);
  bench.local.days[day].rows.erase(bench.local.days[day].rows.begin());
  bench.rules.revision = FakeTarget::state_of(day, bench.local.held(day)).revision;
  bench.rules.other = OtherTarget{nullptr, "vps", true, full.totals};
  std::optional<KnownRows> known;
  const auto outcome = sync_day(bench.local, purged, SyncMode::write, bench.rules, known);
  CHECK(outcome.action == DayAction::held);
  CHECK_THAT(outcome.reason, contains("vps cannot be asked now"));
  CHECK_THAT(outcome.reason, contains("; wait until vps is up: it is asked again then"));
  CHECK(bench.local.held(day).rows.size() == 49);
}

TEST_CASE(
    "a purged day whose rows are gone everywhere is told, its ledgers say that it was there") {
  Bench bench;
  bench.prove(full);
  bench.local.days[day].rows.clear();
  bench.vps.days[day].rows.clear();
  const auto outcome = bench.sync(bench.local, purged);
  CHECK(outcome.action == DayAction::held);
  CHECK_FALSE(outcome.loss);
}

TEST_CASE("two targets that hold a purged day differently: held, until one is restored") {
  Bench bench;
  bench.sync(bench.local, full);
  bench.vps.days[day] = bench.local.days[day];
  const auto fewer = extracted(rows_of(49));
  for (const auto& [key, r] : bench.local.days[day].rows) bench.vps.days[day].rows = {{key, r}};
  bench.vps.days[day].ledger = extracted({bench.vps.days[day].rows.begin()->second}).totals;
  const auto outcome = bench.sync(bench.local, purged);
  CHECK(outcome.action == DayAction::held);
  CHECK(outcome.conflict);
  CHECK_THAT(outcome.reason, contains("local has 50 rows"));
  CHECK_THAT(outcome.reason, contains("vps has 1 row,"));
  bench.sync(bench.vps, purged);
  CHECK(bench.vps.held(day).rows.size() == 1);

  bench.rules.other = OtherTarget{std::shared_ptr<Target>(std::shared_ptr<void>(), &bench.local),
                                  "local", true, full.totals};
  bench.rules.revision.reset();
  CHECK(restore_day(bench.vps, purged, bench.rules).action == DayAction::copied);
  CHECK(bench.both_hold(full));
}

TEST_CASE("a proven day that was emptied in both targets is held, and approving ends it") {
  Bench bench;
  bench.prove(full);
  const auto& wanted = GENERATE_REF(hole, purged);
  bench.rules.ended = GENERATE(true, false);
  for (FakeTarget* target : {&bench.local, &bench.vps}) {
    auto& held = target->days[day];
    held.rows.clear();
    held.ledger = DayTotals{};
    held.most = full.totals;
    held.last_sync = held.verified + std::chrono::hours(1);
  }
  for (const auto mode :
       {SyncMode::dry_run, SyncMode::write, SyncMode::audit, SyncMode::reprocess}) {
    const auto outcome = bench.sync(bench.local, wanted, mode);
    CHECK(outcome.action == DayAction::held);
    REQUIRE(outcome.loss);
    CHECK_THAT(outcome.reason, contains("50 of 50 rows in local before its last changes would go"));
    CHECK_THAT(outcome.reason, contains("`consolidadorctl history 2026-01-05 --revision N`"));
    CHECK_THAT(outcome.reason, contains("backup"));
    CHECK(outcome.recorded == (mode == SyncMode::write));  // once, as evidence
    if (outcome.recorded) bench.local.days[day].last_sync = {};
  }
  bench.rules.approval = Approval{{hole.totals, full.totals}, "ana", "acta 17"};
  CHECK(bench.sync(bench.local, wanted).action == DayAction::approved);
  CHECK(bench.local.last_note.reason == ChangeReason::aprobado);
  CHECK(bench.local.permits.back().approved());
}

TEST_CASE("an emptied day comes back from the target that has it, whoever audited it meanwhile") {
  Bench bench;
  bench.prove(full);
  auto& held = bench.local.days[day];
  held.rows.clear();
  held.ledger = DayTotals{};
  held.most = full.totals;
  held.revision = 5;
  const auto& wanted = GENERATE_REF(hole, purged);
  bench.sync(bench.local, wanted);
  CHECK(bench.both_hold(full));
}

TEST_CASE("without the lock a day that is emptied is let go for good") {
  Bench bench;
  bench.prove(full);
  bench.rules.limits.enabled = false;
  CHECK(bench.sync(bench.local, hole).action == DayAction::changed);
  CHECK(bench.local.permits.back().approved());
  CHECK(bench.sync(bench.local, half).action == DayAction::changed);
  CHECK_FALSE(bench.local.permits.back().approved());
}

TEST_CASE("whether the other target's day was ever verified is told by the ledger that is judged") {
  Bench bench;
  bench.prove(full);
  bench.vps.days[day].verified = {};
  bench.local.days.clear();
  bench.rules.revision = 0;
  bench.rules.other = OtherTarget{std::shared_ptr<Target>(std::shared_ptr<void>(), &bench.vps),
                                  "vps",
                                  true,
                                  full.totals,
                                  std::nullopt,
                                  DayState::Instant{}};
  bench.vps.days[day].verified = std::chrono::system_clock::now();  // a moment later
  std::optional<KnownRows> known;
  CHECK(sync_day(bench.local, half, SyncMode::write, bench.rules, known).action ==
        DayAction::created);
}

TEST_CASE("small losses of a closed day do not add up to a large one") {
  Bench bench;
  const auto fewer = extracted(rows_of(46)), fewest = extracted(rows_of(44));
  bench.prove(full);
  CHECK(bench.sync(bench.local, fewer).action == DayAction::changed);
  CHECK(bench.sync(bench.vps, fewer).action == DayAction::changed);
  bench.local.days[day].most = full.totals;
  const auto outcome = bench.sync(bench.local, fewest);
  CHECK(outcome.action == DayAction::held);
  CHECK_THAT(outcome.reason, contains("local before its last changes"));
}

TEST_CASE("small losses add up also in the target that does not remember the first of them") {
  Bench bench;
  bench.rules.ended = GENERATE(true, false);
  const int left = bench.rules.ended ? 44 : 29;
  const auto fewer = extracted(rows_of(46)), fewest = extracted(rows_of(left));
  bench.prove(fewer);
  FakeTarget* target = GENERATE_REF(&bench.local, &bench.vps);
  FakeTarget& other = target == &bench.local ? bench.vps : bench.local;
  other.days[day].most = full.totals;
  const auto outcome = bench.sync(*target, fewest);
  CHECK(outcome.action == DayAction::held);
  CHECK_THAT(outcome.reason, contains("rows in " + other.name() + " before its last changes"));
  CHECK(bench.both_hold(fewer));
  other.days[day].most.reset();
  CHECK(bench.sync(*target, fewest).action == DayAction::changed);
}

TEST_CASE("an open day that loses rows which the other target has takes no short way") {
  Bench bench;
  const auto fewer = extracted(rows_of(46));
  bench.prove(full);
  bench.rules.ended = false;
  bench.rules.revision = bench.local.held(day).revision;
  bench.rules.other = OtherTarget{nullptr, "vps", true, full.totals};
  CHECK_FALSE(push_delta(bench.local, fewer, full, bench.rules));
  CHECK(bench.both_hold(full));
  bench.rules.other->ledger = fewer.totals;
  CHECK(push_delta(bench.local, fewer, full, bench.rules));
  CHECK(Bench::holds(bench.local, fewer));
}

TEST_CASE("what is brought from the other target counts as a loss, too, and adds up") {
  Bench bench;
  const auto fewer = extracted(rows_of(46)), fewest = extracted(rows_of(44));
  bench.prove(fewer);
  bench.local.days[day].most = full.totals;
  bench.local.days[day].rows.clear();
  bench.vps.days.clear();
  bench.vps.days[day] = [&] {
    Bench backup;
    backup.prove(fewest);
    return backup.vps.days[day];
  }();
  CHECK(bench.sync(bench.local, purged).action == DayAction::held);
  CHECK(bench.local.held(day).rows.empty());
  bench.local.days[day].most.reset();
  CHECK(bench.sync(bench.local, purged).action == DayAction::repaired);
}

TEST_CASE("what was let go does not come back from a backup by itself") {
  Bench bench;
  bench.prove(full);
  const auto backup = bench.vps.days[day];
  bench.rules.approval = Approval{{hole.totals, full.totals}, "ana", "test sales"};
  bench.prove(hole);
  bench.rules.approval.reset();
  bench.vps.days[day] = backup;
  const auto outcome = bench.sync(bench.local, purged);
  CHECK(outcome.action == DayAction::held);
  CHECK(outcome.conflict);
  CHECK_THAT(outcome.reason, contains("local has been emptied by an approval, vps has 50 rows"));
  CHECK(bench.local.held(day).rows.empty());

  bench.rules.other = OtherTarget{std::shared_ptr<Target>(std::shared_ptr<void>(), &bench.local),
                                  "local", true, DayTotals{}};
  bench.rules.revision.reset();
  CHECK(restore_day(bench.vps, purged, bench.rules).action == DayAction::copied);
  CHECK(bench.both_hold(hole));
}

TEST_CASE("a target that was repaired by hand is believed as it is now") {
  Bench bench;
  bench.prove(full);
  const auto stale = full.totals;
  const auto fewer = extracted(rows_of(49));
  bench.vps.days[day].rows.erase(row("p149", "0", "0").key);
  bench.vps.days[day].ledger = fewer.totals;
  bench.local.days.erase(day);
  bench.rules.other =
      OtherTarget{std::shared_ptr<Target>(std::shared_ptr<void>(), &bench.vps), "vps", true, stale};
  std::optional<KnownRows> known;
  CHECK(sync_day(bench.local, purged, SyncMode::write, bench.rules, known).action ==
        DayAction::copied);
  CHECK(bench.both_hold(fewer));
}

TEST_CASE("an approved loss is written, and no more than that") {
  Bench bench;
  bench.prove(full);
  bench.rules.approval = Approval{{half.totals, full.totals}, "ana", "counted twice"};
  CHECK(bench.sync(bench.local, hole).action == DayAction::held);
  CHECK(bench.sync(bench.local, half).action == DayAction::approved);
  CHECK(bench.sync(bench.vps, half).action == DayAction::approved);
  CHECK(bench.both_hold(half));
}

TEST_CASE("approving whatever is held leaves purged days alone") {
  Bench bench;
  bench.prove(full);
  bench.rules.approve_all = true;
  CHECK(bench.sync(bench.local, purged).action == DayAction::archived);
  CHECK(bench.sync(bench.local, hole).action == DayAction::approved);
  CHECK(bench.local.held(day).rows.empty());
}

TEST_CASE("a newer extraction of somebody else is not written over") {
  Bench bench;
  bench.prove(half);
  const auto revision = bench.local.held(day).revision;
  bench.sync(bench.local, full);  // somebody else, meanwhile
  DayRules rules;
  rules.branch_id = branch_id;
  rules.revision = revision;
  std::optional<KnownRows> known;
  const auto third = extracted(rows_of(26));
  CHECK_THROWS_AS(sync_day(bench.local, third, SyncMode::write, rules, known), Overtaken);
  CHECK(Bench::holds(bench.local, full));
}

TEST_CASE("who is overtaken within his transaction writes nothing") {
  Bench bench;
  bench.prove(half);
  const auto base = extracted(rows_of(26));
  bool first = true;
  bench.local.before_transaction = [&] {
    if (!std::exchange(first, false)) return;
    ++bench.local.days[day].revision;
  };
  CHECK_THROWS_AS(bench.sync(bench.local, base), Overtaken);
  CHECK(bench.local.held(day).rows.size() == 25);
}

TEST_CASE("a closed day keeps the suppliers that it was proven with") {
  auto moved = rows_of(50);
  for (SalesRow& r : moved) r.key.proveedor = 0;
  const auto other_suppliers = extracted(moved);
  Bench bench;
  bench.prove(full);
  SECTION("in every cycle and audit") {
    const auto mode = GENERATE(SyncMode::write, SyncMode::audit);
    CHECK(bench.sync(bench.local, other_suppliers, mode).action == DayAction::unchanged);
    CHECK(bench.both_hold(full));
  }
  SECTION("also where a late sale comes in") {
    moved.front().venta = Decimal::parse("12");
    const auto outcome = bench.sync(bench.local, extracted(moved));
    CHECK(outcome.action == DayAction::changed);
    CHECK(outcome.written == 1);
    CHECK(bench.local.held(day).rows.begin()->first.proveedor == 1);
  }
  SECTION("also in a target that lacks the day") {
    bench.vps.days.clear();
    CHECK(bench.sync(bench.vps, other_suppliers).action == DayAction::created);
    CHECK(bench.both_hold(full));
  }
  SECTION("but a reprocess follows the POS and says so") {
    const auto outcome = bench.sync(bench.local, other_suppliers, SyncMode::reprocess);
    CHECK(outcome.action == DayAction::reprocessed);
    CHECK(outcome.reclassified == 50);
    CHECK(outcome.reclassifications.front() == "Upc p100: IdProveedor 1 now 0");
    CHECK(Bench::holds(bench.local, other_suppliers));
  }
  SECTION("and an open day follows it") {
    bench.rules.ended = false;
    CHECK(bench.sync(bench.local, other_suppliers).action == DayAction::changed);
    CHECK(Bench::holds(bench.local, other_suppliers));
  }
}

TEST_CASE("of days that the bot left the POS is right where it has sales; else they stay") {
  Bench bench;
  bench.prove(full);
  for (FakeTarget* target : {&bench.local, &bench.vps}) target->days[day].verified = {};
  SECTION("sales in the POS") {
    CHECK(bench.sync(bench.local, half).action == DayAction::changed);
    CHECK(bench.sync(bench.vps, half).action == DayAction::changed);
    CHECK(bench.both_hold(half));
  }
  SECTION("none, also behind a hole") {
    CHECK(bench.sync(bench.local, hole).action == DayAction::archived);
    CHECK(bench.both_hold(full));
  }
}

TEST_CASE("the revision counts as the procedures do") {
  DayState none;
  DayState held{full.totals, full.totals, 5};
  DayState empty{{}, DayTotals{}, 5};
  CHECK(revision_after(none, full.totals, Emptied::no) == 1);
  CHECK(revision_after(none, full.totals, Emptied::yes) == 1);
  CHECK(revision_after(held, full.totals, Emptied::no) == 5);
  CHECK(revision_after(held, half.totals, Emptied::no) == 6);
  CHECK(revision_after(held, full.totals, Emptied::yes) == 7);
  CHECK(revision_after(held, {}, Emptied::yes) == 6);
  CHECK(revision_after(empty, full.totals, Emptied::yes) == 6);
  CHECK(revision_after(empty, {}, Emptied::yes) == 5);
}

TEST_CASE("a purged day that was in a target and is in no place any more is held") {
  Bench bench;
  bench.rules.remembered =
      ProvenDay{"local", full.totals, {}, false, " when its ledger was read before"};
  const auto outcome = bench.sync(bench.local, purged, SyncMode::audit);
  CHECK(outcome.action == DayAction::held);
  CHECK_THAT(outcome.reason, contains("50 of 50 rows in local when its ledger was read before"));
  CHECK_FALSE(bench.local.held(day).ledger);
}

TEST_CASE("what has vanished from one target is copied from the other, held by nobody") {
  Bench bench;
  bench.sync(bench.vps, full);
  bench.rules.remembered =
      ProvenDay{"local", full.totals, {}, false, " when its ledger was read before"};
  CHECK(bench.sync(bench.local, purged).action == DayAction::copied);
  CHECK(bench.both_hold(full));
}
