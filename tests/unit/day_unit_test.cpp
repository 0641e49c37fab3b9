// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_unit.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

std::shared_ptr<const ExtractedDay> sold(const char* units) {
  return std::make_shared<const ExtractedDay>(extracted_day(day, {row("a", units, "10")}));
}

struct Bench {
  DayUnit unit(TaskKind kind, std::shared_ptr<const ExtractedDay> extracted) {
    DayUnit made{{std::shared_ptr<void>(), &target}, std::move(extracted), kind, false, {}};
    made.rules.branch_id = branch_id;
    made.rules.revision = target.held(day).revision;
    return made;
  }

  Steps steps;
  FakeTarget target{"local", steps};
};

}  // namespace

TEST_CASE("each kind of task has its mode, and a dry run writes in none") {
  Bench bench;
  CHECK(bench.unit(TaskKind::sync, nullptr).mode() == SyncMode::write);
  CHECK(bench.unit(TaskKind::audit, nullptr).mode() == SyncMode::audit);
  CHECK(bench.unit(TaskKind::reprocess, nullptr).mode() == SyncMode::reprocess);
  CHECK(bench.unit(TaskKind::restore, nullptr).mode() == SyncMode::audit);
  for (const auto kind :
       {TaskKind::sync, TaskKind::audit, TaskKind::reprocess, TaskKind::restore}) {
    auto dry = bench.unit(kind, sold("1"));
    dry.dry_run = true;
    CHECK(dry.mode() == SyncMode::dry_run);
    CHECK(dry().action == DayAction::created);
  }
  CHECK(bench.target.days.empty());
}

TEST_CASE("an open day whose content is known is brought by its difference, without a question") {
  Bench bench;
  CHECK(bench.unit(TaskKind::sync, sold("1"))().action == DayAction::created);
  auto next = bench.unit(TaskKind::sync, sold("2"));
  next.rules.ended = false;
  next.held = sold("1");
  bench.target.reads = 0;
  CHECK(next().action == DayAction::changed);
  CHECK(bench.target.reads == 0);
  CHECK(bench.target.held(day).ledger->unidades.to_string() == "2.0000");
}

TEST_CASE(
    "what is known wrongly of an open day is found out, and the day is brought all the same") {
  Bench bench;
  auto two = std::make_shared<ExtractedDay>(*sold("1"));
  two->rows.push_back(row("z", "1", "10"));
  two->totals = totals_of(two->rows, branch_id, day);
  bench.unit(TaskKind::sync, two)();
  auto next = bench.unit(TaskKind::sync, sold("3"));
  next.rules.ended = false;
  next.held = sold("1");  // and nothing of the second row
  CHECK(next().action == DayAction::changed);
  CHECK(bench.target.held(day).ledger->unidades.to_string() == "3.0000");
  CHECK(bench.target.held(day).rows.size() == 1);
}

TEST_CASE("a day that the POS still has is not restored from the other target") {
  Bench bench;
  CHECK_THROWS_AS(bench.unit(TaskKind::restore, sold("1"))(), DataError);
}
