// SPDX-License-Identifier: MIT
#include "lib/sync/past_rows.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_history.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");
const ExtractedDay first = extracted_day(day, {row("a", "1", "10"), row("b", "2", "20")});
const ExtractedDay second = extracted_day(day, {row("a", "1", "10"), row("b", "2", "25")});
const ExtractedDay altered = extracted_day(day, {row("a", "1", "10")});

/// A day of two versions; its target holds `now`.
struct Memory {
  explicit Memory(const ExtractedDay& now) {
    for (const SalesRow& each : now.rows) target.days[day].rows.emplace(each.key, each);
    DayChange change;
    change.date = day;
    change.before = first.totals;
    change.after = second.totals;
    history.rows = {{1, first.rows[1], second.rows[1]}};
    versions = {{day, 1, first.totals, {}, std::nullopt}, {day, 2, second.totals, {}, change}};
  }
  std::vector<SalesRow> rows_of(std::size_t version) {
    return PastRows(target, history, branch_id, day, versions).rows_of(versions.at(version - 1));
  }

  Steps steps;
  FakeTarget target{"vps", steps};
  FakeHistory history;
  std::vector<RecordedVersion> versions;
};

}  // namespace

TEST_CASE("a version is made from the rows of now by undoing the changes after it") {
  Memory memory(second);
  CHECK(memory.rows_of(2) == second.rows);
  CHECK(memory.rows_of(1) == first.rows);
}

TEST_CASE(
    "a version is made from older rows, too, as a backup brings them, by doing changes again") {
  Memory memory(first);
  CHECK(memory.rows_of(2) == second.rows);
}

TEST_CASE("while rows are damaged, versions are made from what they were before the hands noted") {
  Memory memory(altered);
  CHECK_THROWS_AS(memory.rows_of(1), DataError);
  memory.history.notes = {{0, second.rows[1], std::nullopt}};
  CHECK(memory.rows_of(2) == second.rows);
  CHECK(memory.rows_of(1) == first.rows);
}

TEST_CASE("of several notes on a row the oldest tells what it was") {
  Memory memory(altered);
  const SalesRow between = row("b", "2", "99");
  memory.history.notes = {{0, between, std::nullopt}, {0, second.rows[1], between}};
  CHECK(memory.rows_of(2) == second.rows);
}

TEST_CASE("of a day that has never changed the notes count more than a ledger made to fit") {
  Memory memory(altered);
  memory.history.notes = {{0, first.rows[1], std::nullopt}};
  memory.versions = {{day, 1, first.totals, {}, std::nullopt}};
  CHECK(memory.rows_of(1) == first.rows);
  memory.versions = {{day, 1, altered.totals, {}, std::nullopt}};
  CHECK_THROWS_AS(memory.rows_of(1), DataError);
}

TEST_CASE("rows that do not add up to what was recorded of the version are not shown") {
  Memory memory(second);
  memory.history.rows = {{1, row("b", "2", "21"), second.rows[1]}};
  CHECK_THROWS_AS(memory.rows_of(1), DataError);
}
