// SPDX-License-Identifier: MIT
#include "lib/store/aggregate_history.hpp"

#include "lib/store/aggregate_target.hpp"
#include "lib/store/endpoint.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

constexpr std::int32_t branch = 99;
const Date day = parse_date("2024-03-01");

ConnectOptions as_program(const Database& database) {
  ConnectOptions options = database.bot();
  options.variables.emplace_back("consolidador_memoria", "1");
  return options;
}

struct Fixture {
  Fixture() : pool(as_program(aggregate), {}), target(pool, branch, {}), history(pool, branch) {}

  /// As the program writes a closed day whose ledger says `before`.
  void write(const std::vector<SalesRow>& rows, const std::vector<SalesRow>& gone,
             const DayTotals& before, const ChangeNote& note = {}) {
    const auto totals = totals_of(rows, branch, day);
    const std::vector<ProvenDay> proven{{"vps", before}};
    LockLimits off;
    off.enabled = false;
    const auto judgement = judge({day, totals, true, false, {}}, proven, off);
    const auto transaction = target.begin(*judgement.permit, note);
    std::vector<const SalesRow*> all, removed;
    for (const auto& row : rows) all.push_back(&row);
    for (const auto& row : gone) removed.push_back(&row);
    transaction->upsert(day, all);
    if (!removed.empty()) transaction->remove(day, removed);
    transaction->record(day, totals);
    transaction->commit();
  }

  Aggregate aggregate;
  Pool pool;
  AggregateTarget target;
  AggregateHistory history;
  const std::vector<SalesRow> first{sales_row("a", "1", "10.5", "7"),
                                    sales_row("b", "-2", "0", "0.0001")};
  const std::vector<SalesRow> second{sales_row("b", "-2", "0.5", "0.0001"),
                                     sales_row("ñ", "1", "1", "1")};
};

TEST_CASE_METHOD(Fixture, "a day that was never changed has no history") {
  write(first, {}, {});
  CHECK(history.changes({day, day}).empty());
  CHECK(history.rows_from(day, 1).empty());
  CHECK(version_of(target, history, branch, day, 1).rows == first);
}

TEST_CASE_METHOD(Fixture, "a change tells its reason, actor, note, totals and rows") {
  write(first, {}, {});
  write(second, {first[0]}, totals_of(first, branch, day),
        {ChangeReason::reproceso, "ana", "it's 'so'", false});
  const auto changes = history.changes({day, day});
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].number == 1);
  CHECK(changes[0].revision == 2);
  CHECK(changes[0].note.reason == ChangeReason::reproceso);
  CHECK(changes[0].note.actor == "ana");
  CHECK(changes[0].note.note == "it's 'so'");
  CHECK_THAT(changes[0].account, contains("bot@"));
  CHECK(changes[0].before == totals_of(first, branch, day));
  CHECK(changes[0].after == totals_of(second, branch, day));
  const auto rows = history.rows_from(day, 1);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].before == first[0]);
  CHECK_FALSE(rows[0].after);
  CHECK(rows[1].before == first[1]);
  CHECK(rows[1].after == second[0]);
  CHECK_FALSE(rows[2].before);
  CHECK(rows[2].after == second[1]);
  CHECK(version_of(target, history, branch, day, 1).rows == first);
  CHECK(version_of(target, history, branch, day, 2).rows == second);
}

TEST_CASE_METHOD(Fixture, "what is rolled back leaves no history and no reason behind") {
  write(first, {}, {});
  {
    const std::vector<ProvenDay> proven{{"vps", totals_of(first, branch, day)}};
    const auto totals = totals_of({&second[0], 1}, branch, day);
    const auto judgement =
        judge({day, totals, true, false, ApprovedLoss{totals, proven[0].totals}}, proven, {});
    const auto transaction =
        target.begin(*judgement.permit, {ChangeReason::aprobado, "ana", "", false});
    const SalesRow* rows[] = {&second[0]};
    transaction->upsert(day, rows);
  }
  CHECK(pool.idle() == 0);
  CHECK(history.changes({day, day}).empty());
  CHECK(aggregate.admin().value("SELECT COUNT(*) FROM HistorialPendiente") == "0");
}

TEST_CASE_METHOD(Fixture, "what is recorded and not committed leaves neither rows nor history") {
  write(first, {}, {});
  {
    const std::vector<ProvenDay> proven{{"vps", totals_of(first, branch, day)}};
    LockLimits off;
    off.enabled = false;
    const auto totals = totals_of(second, branch, day);
    const auto transaction =
        target.begin(*judge({day, totals, true, false, {}}, proven, off).permit, {});
    const SalesRow* written[] = {&second[0], &second[1]};
    const SalesRow* gone[] = {&first[0]};
    transaction->upsert(day, written);
    transaction->remove(day, gone);
    transaction->record(day, totals);
  }
  CHECK(target.rows(day) == first);
  CHECK(history.changes({day, day}).empty());
  CHECK(history.rows_from(day, 1).empty());
  CHECK(aggregate.admin().value("SELECT COUNT(*) FROM HistorialPendiente") == "0");
}

TEST_CASE_METHOD(Fixture, "other days and branches are not shown") {
  write(first, {}, {});
  write(second, {first[0]}, totals_of(first, branch, day));
  AggregateHistory other(pool, branch + 1);
  const Date next = day + std::chrono::days(1);
  CHECK(other.changes({day, day}).empty());
  CHECK(other.rows_from(day, 1).empty());
  CHECK(history.changes({next, next}).empty());
  CHECK(history.rows_from(day, 2).empty());
}

}  // namespace
}  // namespace consolidador::test
