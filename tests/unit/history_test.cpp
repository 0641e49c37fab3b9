// SPDX-License-Identifier: MIT
#include "lib/sync/history.hpp"

#include "lib/sync/day_sync.hpp"
#include "lib/sync/history_way.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_history.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

ExtractedDay extracted(std::vector<SalesRow> rows) {
  return extracted_day(day, std::move(rows));
}

const ExtractedDay first =
    extracted({row("a", "1", "10"), row("b", "2", "20"), row("c", "3", "30")});
const ExtractedDay second =
    extracted({row("a", "1", "10"), row("b", "2", "21"), row("c", "3", "30"), row("d", "1", "1")});
const ExtractedDay third =
    extracted({row("a", "1", "10"), row("b", "2", "22"), row("d", "1", "1")});

/// By less than what is held.
const ExtractedDay corrected =
    extracted({row("a", "1", "10"), row("b", "2", "22"), row("c", "3", "30"), row("d", "1", "1")});

/// The day in its third version.
struct Memory {
  Memory() {
    auto& held = target.days[day];
    for (const SalesRow& r : third.rows) held.rows.emplace(r.key, r);
    held.ledger = third.totals;
    for (std::uint32_t number = 1;
         const auto& [before, after] :
         {std::pair(first.totals, second.totals), std::pair(second.totals, third.totals)}) {
      DayChange change;
      change.date = day;
      change.number = number++;
      change.before = before;
      change.after = after;
      history.known.push_back(change);
    }
    history.rows = {{1, first.rows[1], second.rows[1]},
                    {1, std::nullopt, second.rows[3]},
                    {2, second.rows[1], third.rows[1]},
                    {2, second.rows[2], std::nullopt}};
  }
  DayVersion version(std::uint32_t number) {
    return version_of(target, history, branch_id, day, number);
  }

  Steps steps;
  FakeTarget target{"vps", steps};
  FakeHistory history;
};

struct Noted {
  ChangeNote sync(const ExtractedDay& wanted, SyncMode mode = SyncMode::write) {
    std::optional<KnownRows> known;
    sync_day(target, wanted, mode, rules, known);
    return target.last_note;
  }
  Noted() { rules.branch_id = branch_id; }

  Steps steps;
  FakeTarget target{"vps", steps};
  DayRules rules;
};

}  // namespace

TEST_CASE("each version of a day is made from the newest and adds up to what was recorded") {
  Memory memory;
  CHECK(memory.version(1).rows == first.rows);
  CHECK(memory.version(2).rows == second.rows);
  CHECK(memory.version(3).rows == third.rows);
  CHECK(memory.version(1).totals == first.totals);
}

TEST_CASE("a day that was never changed has one version") {
  Memory memory;
  memory.history.known.clear();
  memory.history.rows.clear();
  CHECK(memory.version(1).rows == third.rows);
  CHECK_THROWS_AS(memory.version(2), DataError);
}

TEST_CASE("a version that was never there is refused") {
  Memory memory;
  CHECK_THROWS_AS(memory.version(0), DataError);
  CHECK_THROWS_AS(memory.version(4), DataError);
}

TEST_CASE("what is recorded of the versions is told without a row") {
  Memory memory;
  memory.target.days[day].revision = 3;
  const auto versions = recorded_versions(memory.target, memory.history, {day, day});
  REQUIRE(versions.size() == 3);
  CHECK(versions[0].totals == first.totals);
  CHECK_FALSE(versions[0].change);
  CHECK(versions[1].totals == second.totals);
  CHECK(versions[2].number == 3);
  CHECK(versions[2].totals == third.totals);
  CHECK(memory.target.reads == 0);
}

TEST_CASE("a first version that its ledger did not say, and that was mended, was found altered") {
  const auto found = [](ChangeReason reason, const char* note, bool changed) {
    Memory memory;
    memory.history.known[0].note = {reason, "", note, false};
    if (!changed) memory.history.known[0].before = memory.history.known[0].after;
    const auto versions = recorded_versions(memory.target, memory.history, {day, day});
    CHECK_FALSE(versions[1].found_altered);
    return versions[0].found_altered;
  };
  CHECK(found(ChangeReason::danado, "el libro decia: 3 filas", true));
  CHECK(found(ChangeReason::danado, "danado, y otra cosa; el libro decia: 3 filas", true));
  CHECK(found(ChangeReason::danado, "el libro no lo tenia", true));
  CHECK_FALSE(found(ChangeReason::danado, "el libro decia: 3 filas", false));
  CHECK_FALSE(found(ChangeReason::danado, "hallado antes de reparar", true));
  CHECK_FALSE(found(ChangeReason::pos, "el libro decia: 3 filas", true));
}

TEST_CASE("of several days those that never changed are left out, a single one is told") {
  Memory memory;
  memory.history.known.clear();
  CHECK(
      recorded_versions(memory.target, memory.history, {day, day + std::chrono::days(1)}).empty());
  const auto versions = recorded_versions(memory.target, memory.history, {day, day});
  REQUIRE(versions.size() == 1);
  CHECK(versions[0].totals == third.totals);
  memory.target.days.clear();
  CHECK_THROWS_WITH(recorded_versions(memory.target, memory.history, {day, day}),
                    contains("vps has not the day"));
}

TEST_CASE("what has made a version is told row by row, the largest first") {
  Memory memory;
  const auto made = version_change(memory.target, memory.history, branch_id, day, 3);
  CHECK(made.number == 3);
  REQUIRE(made.rows.size() == 2);
  CHECK(made.rows[0].key.upc == "c");
  CHECK(made.rows[0].amounts[0]->venta == Decimal::parse("30"));
  CHECK_FALSE(made.rows[0].amounts[1]);
  CHECK(made.rows[1].key.upc == "b");
  CHECK(made.rows[1].difference(1).venta == Decimal::parse("1"));
  CHECK(version_change(memory.target, memory.history, branch_id, day, 2).rows.size() == 2);
}

TEST_CASE("the first version was made by no change, and one that was never there by none") {
  Memory memory;
  const auto made = [&](std::uint32_t version) {
    return version_change(memory.target, memory.history, branch_id, day, version);
  };
  CHECK_THROWS_WITH(made(1), contains("version 1 is the first in vps"));
  CHECK_THROWS_AS(made(4), DataError);
}

TEST_CASE("a change that does not add up to its versions is not shown") {
  Memory memory;
  SECTION("an amount was altered") {
    memory.history.rows[2].before->venta += Decimal::from_units(1);
  }
  SECTION("two amounts were altered so that every sum stays") {
    memory.history.rows[2].before->venta += Decimal::from_units(1);
    memory.history.rows[3].before->venta -= Decimal::from_units(1);
  }
  SECTION("a row is missing") {
    memory.history.rows.pop_back();
  }
  CHECK_THROWS_WITH(version_change(memory.target, memory.history, branch_id, day, 3),
                    contains("does not add up"));
}

TEST_CASE("a version that does not add up is not shown") {
  Memory memory;
  SECTION("a row of today was altered") {
    memory.target.days[day].rows.begin()->second.venta += Decimal::from_units(1);
  }
  SECTION("a change was altered") {
    memory.history.rows.front().before->venta += Decimal::from_units(1);
  }
  SECTION("a change is missing") {
    memory.history.rows.pop_back();
  }
  SECTION("a row that was taken away is there") {
    memory.target.days[day].rows.emplace(second.rows[2].key, second.rows[2]);
  }
  CHECK_THROWS_AS(memory.version(1), DataError);
}

TEST_CASE("while today's rows are damaged a version is made from what was noted of the hands") {
  Memory memory;
  auto& rows = memory.target.days[day].rows;
  SalesRow altered = third.rows[0];
  altered.venta += Decimal::from_units(1);
  rows.insert_or_assign(altered.key, altered);
  rows.erase(third.rows[1].key);
  SalesRow twice = altered;
  twice.venta += Decimal::from_units(1);
  memory.history.notes = {
      {0, twice, altered}, {0, third.rows[0], twice}, {0, third.rows[1], std::nullopt}};
  CHECK(memory.version(1).rows == first.rows);
  CHECK(memory.version(3).rows == third.rows);
  memory.history.notes.pop_back();
  CHECK_THROWS_WITH(memory.version(1),
                    contains("2026-01-05: version 1 in vps cannot be shown now") &&
                        contains("`consolidadorctl audit 2026-01-05 2026-01-05` repairs"));
  memory.history.notes.clear();
  CHECK_THROWS_WITH(memory.version(3), contains("damaged"));
}

TEST_CASE(
    "a first version that rows and ledger were made to fit is shown as it was, or not at all") {
  Memory memory;
  memory.history.known.clear();
  memory.history.rows.clear();
  auto& held = memory.target.days[day];
  SalesRow altered = third.rows[0];
  altered.venta += Decimal::from_units(1);
  held.rows.insert_or_assign(altered.key, altered);
  memory.history.notes = {{0, third.rows[0], altered}};
  CHECK(memory.version(1).rows == third.rows);
  auto forged = third.rows;
  forged[0] = altered;
  held.ledger = totals_of(forged, branch_id, day);
  CHECK_THROWS_WITH(memory.version(1), contains("its entry in SincronizacionDias with them") &&
                                           contains("`consolidadorctl audit 2026-01-05"));
}

TEST_CASE("a damage that nobody noted and that was mended breaks no version") {
  Memory memory;
  DayChange mended;
  mended.date = day;
  mended.number = 3;
  mended.before = first.totals;  // as a restore had left it
  mended.after = third.totals;
  memory.history.known.push_back(mended);
  memory.history.rows.push_back({3, first.rows[1], third.rows[1]});
  CHECK(memory.version(2).rows == second.rows);
  CHECK(memory.version(4).rows == third.rows);
}

TEST_CASE("a version to which nothing leads says so") {
  Memory memory;
  memory.history.known[1].before = corrected.totals;
  CHECK_THROWS_WITH(memory.version(2), contains("changed that nobody has noted"));
  CHECK(memory.version(3).rows == third.rows);
}

TEST_CASE("of a trimmed day the versions begin with what the last trimmed change has left") {
  Memory memory;
  auto& cut = memory.history.known.front();
  cut.note = {ChangeReason::recortado, "", "2 years", false};
  cut.before.reset();
  memory.history.rows.erase(memory.history.rows.begin(), memory.history.rows.begin() + 2);
  const auto versions = recorded_versions(memory.target, memory.history, {day, day});
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].number == 2);
  CHECK(memory.version(2).rows == second.rows);
  CHECK(memory.version(3).rows == third.rows);
  CHECK_THROWS_WITH(memory.version(1),
                    contains("version 1 in vps was trimmed (recortada): 2 years"));
  CHECK_THROWS_WITH(memory.version(4), contains("has versions 2 to 3"));
  CHECK_THROWS_WITH(version_change(memory.target, memory.history, branch_id, day, 2),
                    contains("what made version 2 in vps was trimmed (recortada): 2 years"));
  CHECK(version_change(memory.target, memory.history, branch_id, day, 3).rows.size() == 2);
}

TEST_CASE("a way is the shortest one, goes in both directions and through no trimmed change") {
  const auto of = [](std::uint64_t rows) { return DayTotals{rows, {}, {}, {}, rows}; };
  const auto change = [&](std::uint32_t number, std::uint64_t before, std::uint64_t after) {
    DayChange made;
    made.number = number;
    made.before = of(before);
    made.after = of(after);
    return made;
  };
  std::vector<DayChange> changes{change(1, 1, 2), change(2, 2, 3), change(3, 3, 1)};
  const std::vector<DayTotals> known{of(9), of(3)};
  const auto way = way_to(of(2), known, changes);
  REQUIRE(way);
  CHECK(way->from == 1);
  REQUIRE(way->steps.size() == 1);
  CHECK(way->steps[0].back);
  changes[1].note.reason = ChangeReason::recortado;
  const auto other = way_to(of(2), known, changes);
  REQUIRE(other);
  REQUIRE(other->steps.size() == 2);
  CHECK_FALSE(other->steps[0].back);
  CHECK(other->steps[1].change == &changes[0]);
  CHECK_FALSE(way_to(of(7), known, changes));
  CHECK(way_to(of(9), known, changes)->steps.empty());
}

TEST_CASE("the history is told why a day changes") {
  Noted noted;
  CHECK(noted.sync(first).reason == ChangeReason::pos);
  CHECK(noted.sync(second).reason == ChangeReason::pos);
  CHECK_FALSE(noted.target.last_note.damaged);
  SECTION("damage, also when the POS has changed meanwhile") {
    const auto wanted = GENERATE(second, corrected);
    noted.target.days[day].rows.begin()->second.venta += Decimal::from_units(1);
    const auto note = noted.sync(wanted);
    CHECK(note.reason == ChangeReason::danado);
    CHECK(note.damaged);
  }
  SECTION("a reprocess, with who asked for it") {
    noted.rules.actor = "ana";
    const auto note = noted.sync(second, SyncMode::reprocess);
    CHECK(note.reason == ChangeReason::reproceso);
    CHECK(note.actor == "ana");
  }
  SECTION("a reprocess that follows the POS's suppliers") {
    auto rows = second.rows;
    rows[0].key.proveedor = 7;
    CHECK(noted.sync(extracted(rows), SyncMode::reprocess).reason == ChangeReason::reclasificado);
  }
  SECTION("an approval, with its words") {
    const auto less = extracted({row("a", "1", "10")});
    noted.rules.approval = Approval{{less.totals, second.totals}, "ana", "test sales"};
    const auto note = noted.sync(less);
    CHECK(note.reason == ChangeReason::aprobado);
    CHECK(note.actor == "ana");
    CHECK(note.note == "test sales");
  }
}

TEST_CASE("a ledger that alone was altered is no change of the POS") {
  Noted noted;
  noted.sync(first);
  auto& held = noted.target.days[day];
  held.ledger->venta += Decimal::from_units(7);
  SECTION("the rows are the POS's") {
    const auto note = noted.sync(first);
    CHECK(note.reason == ChangeReason::danado);
    CHECK(note.note.empty());
  }
  SECTION("the POS has others") {
    CHECK_THAT(noted.sync(corrected).note, contains("cambiado en el POS"));
  }
}

TEST_CASE("every reason has a word, and a strange word is a matter of the schema") {
  for (const auto reason :
       {ChangeReason::pos, ChangeReason::danado, ChangeReason::aprobado, ChangeReason::reproceso,
        ChangeReason::copiado, ChangeReason::reclasificado, ChangeReason::migrado,
        ChangeReason::recortado})
    CHECK(parse_change_reason(to_string(reason)) == reason);
  try {
    parse_change_reason("otro");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.cause() == ErrorCause::schema);
  }
}
