// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff_view.hpp"

#include <cstdlib>

#include "daemon/bus/past.hpp"
#include "daemon/ctl/changes_view.hpp"
#include "daemon/ctl/diff_export.hpp"
#include "daemon/ctl/history.hpp"
#include "daemon/ctl/history_view.hpp"
#include "daemon/ctl/reason_text.hpp"
#include "lib/report/csv.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::ctl;
using test::contains;

namespace {

const Date day = parse_date("2026-01-05");
const Look plain{};

PlaceContent content(const char* place) {
  PlaceContent found;
  found.place = place;
  return found;
}

/// Each list is what a place has, first the POS; over the bus and back.
ToldDifferences told(const std::vector<std::vector<SalesRow>>& places) {
  const char* names[] = {"operational", "local", "vps"};
  DayDifferences found{day, {}, {}, 0};
  std::vector<PlaceDay> days;
  for (std::size_t i = 0; i < places.size(); ++i) {
    PlaceContent place = content(names[i]);
    place.totals = totals_of(places[i], test::branch_id, day);
    if (i > 0) place.ledger = place.totals;
    days.push_back({place.place, place.totals, places[i]});
    found.places.push_back(std::move(place));
  }
  found.rows = day_diff(days);
  return read_differences(bus::differences_dict(found, 1'000));
}

const std::vector<SalesRow> proven{test::row("=1+1", "1", "10"), test::row("b", "2", "20")};
const std::vector<SalesRow> altered{test::row("=1+1", "1", "12"), test::row("b", "2", "13")};

}  // namespace

TEST_CASE("what the daemon tells of a day arrives as it was") {
  const auto day_told = told({proven, altered});
  CHECK(day_told.date == "2026-01-05");
  REQUIRE(day_told.rows.size() == 2);
  CHECK(day_told.rows[0].key == proven[1].key);
  CHECK(day_told.rows[0].difference(1).venta == Decimal::parse("-7"));
  CHECK(day_told.places[1].totals == totals_of(altered, test::branch_id, day));
  CHECK(day_told.places[1].intact);
}

TEST_CASE("a code that a spreadsheet would calculate is only text") {
  CHECK_THAT(
      diff_csv({told({proven, altered})}, all_rows),
      contains("2026-01-05,\"'=1+1\",1,2,0,4,local,1.0000,12.0000,0.0000,1.0000,10.0000,0.0000,"
               "0.0000,+2.0000,0.0000,\"\"\n"));
}

TEST_CASE("the page says nothing that a browser would take for markup") {
  const auto page = diff_page({told({{test::row("<b>&\"'", "1", "1")}, {}})}, all_rows);
  CHECK_THAT(page, contains("&lt;b&gt;&amp;&quot;&#39;") && !contains("<b>"));
}

TEST_CASE("few rows are shown, with the totals of all") {
  const auto text = diff_table(told({proven, altered}), 1, plain);
  CHECK_THAT(text, contains("2 rows differ") && contains("the 1 that move most sales are shown") &&
                       contains("-5.0000") && !contains("=1+1"));
}

TEST_CASE("where no place could be asked it is not said that nothing differs") {
  ToldDifferences nothing = told({proven, proven});
  for (ToldPlace& place : nothing.places) {
    place.compared = false;
    place.error = "the link broke";
  }
  nothing.rows.clear();
  CHECK_THAT(diff_table({nothing}, all_rows, plain),
             contains("2026-01-05: nothing was compared, for no place could be asked") &&
                 !contains("differ"));
}

TEST_CASE("a place that was not compared says why, and changes no difference") {
  DayDifferences found{day, {content("operational"), content("local")}, {}, 0};
  found.places[0].error = "the link broke";
  const auto one = read_differences(bus::differences_dict(found, 10));
  CHECK(one.compared().size() == 1);
  CHECK_THAT(diff_table(one, all_rows, plain), contains("not compared: the link broke"));
  CHECK_FALSE(is_compared(one, "operational"));
}

TEST_CASE("the last diff is kept, and each difference is resolved, left or not to be seen") {
  const test::TempDir folder;
  setenv("XDG_STATE_HOME", (folder / "state").c_str(), 1);
  CHECK_FALSE(kept_diff(7, "2026-01-05"));
  keep_diff(7, told({proven, altered}));
  CHECK_FALSE(kept_diff(8, "2026-01-05"));
  const auto kept = kept_diff(7, "2026-01-05");
  REQUIRE(kept);
  REQUIRE(kept->size() == 2);
  CHECK(kept->front().key == proven[1].key);
  using State = DiffOutcome::State;
  const auto half = outcomes_of(*kept, told({proven, {proven[0], altered[1]}}));
  CHECK(half[0].state == State::left);
  CHECK(half[0].now.venta == Decimal::parse("-7"));
  CHECK(half[1].state == State::resolved);
  const auto unseen = outcomes_of(*kept, told({proven}));
  CHECK(unseen[0].state == State::unknown);
  unsetenv("XDG_STATE_HOME");
}

TEST_CASE("a code goes into CSV as it is, for a spreadsheet that takes quoted fields for text") {
  for (const char* code : {"0075", "7501000111112345678", " x ", "a\"b", "1e5"}) {
    const auto record = diff_csv({told({{test::row(code, "1", "1")}, {}})}, all_rows);
    const auto fields = parse_csv_record(
        record.substr(record.find('\n') + 1, record.size() - record.find('\n') - 2));
    REQUIRE(fields);
    CHECK((*fields)[1] == code);
    CHECK_THAT(record, contains("\n2026-01-05,\""));
  }
}

TEST_CASE("where the POS names its products people see it, in every format") {
  DayDifferences found{day, {content("operational"), content("local")}, {}, 0, {}};
  for (PlaceContent& place : found.places) place.ledger = place.totals;
  found.places[0].totals = totals_of(proven, test::branch_id, day);
  found.places[1].totals = totals_of(altered, test::branch_id, day);
  const std::vector<PlaceDay> days{{"operational", found.places[0].totals, proven},
                                   {"local", found.places[1].totals, altered}};
  found.rows = day_diff(days);
  found.names = {{"b", "Caf\xc3\xa9 <1 kg>"}};
  const auto named = read_differences(bus::differences_dict(found, 10));
  CHECK(named.names == found.names);
  CHECK_THAT(diff_table(named, all_rows, plain), contains("DESCRIPTION") && contains("<1 kg>"));
  CHECK_THAT(diff_csv({named}, all_rows), contains(",\"Caf\xc3\xa9 <1 kg>\"\n"));
  CHECK_THAT(diff_json({named}, all_rows),
             contains(R"("Code":"b","Supplier":1)") && contains(R"("Description":"Caf)"));
  CHECK_THAT(diff_page({named}, all_rows), contains("&lt;1 kg&gt;"));
  CHECK_THAT(diff_table(told({proven, altered}), all_rows, plain), !contains("DESCRIPTION"));
}

TEST_CASE("a day that no place has is told so, and is no difference") {
  const auto nowhere = [](bool recorded) {
    DayDifferences found{day, {content("operational"), content("local")}, {}, 0, {}};
    if (recorded) found.places[1].ledger = DayTotals{};
    return read_differences(bus::differences_dict(found, 10));
  };
  CHECK_THAT(diff_table(nowhere(false), all_rows, plain),
             contains("no place has anything of this day") && contains("has nothing of it"));
  CHECK_FALSE(is_at_odds(nowhere(false).places[1]));
  CHECK_FALSE(is_nowhere(nowhere(true)));
}

TEST_CASE("of a place that cannot be asked nobody is told that its rows are right now") {
  DayDifferences found{day, {content("operational"), content("vps")}, {}, 0, {}};
  found.places[1].error = "no route";
  const auto text = rerun_table({}, read_differences(bus::differences_dict(found, 10)), plain);
  CHECK_THAT(text, contains("0 rows differ now in the places that were compared; vps could not be "
                            "asked: no route"));
  CHECK_THAT(rerun_table({}, told({proven, proven}), plain), contains("0 rows differ now\n"));
}

TEST_CASE("what has made a version is shown in every format, and adds up") {
  DayChange change;
  change.note = {ChangeReason::pos, "", "", false};
  change.account = "sucursal_7@10.0.0.7";
  change.before = totals_of(proven, test::branch_id, day);
  change.after = totals_of(altered, test::branch_id, day);
  const VersionInfo version{{day, 2, change.after, {}, change}, {{}, "2026-01-06 10:00:00"}};
  const std::vector<PlaceDay> days{{"before", *change.before, proven},
                                   {"after", change.after, altered}};
  const auto made = bus::past_change_dict({"vps", version, day_diff(days), {{"b", "Pan"}}}, 10);
  const auto table = changes_table(made, plain);
  CHECK_THAT(table, contains("what made version 2 in vps, 2026-01-06 10:00:00: POS changed, "
                             "sucursal_7@10.0.0.7; 2 rows changed") &&
                        contains("Pan") && contains("TOTAL"));
  const auto total = table.substr(table.find("TOTAL"));
  CHECK_THAT(total, contains("30.0000") && contains("25.0000") && contains("-5.0000"));
  CHECK_THAT(changes_csv(made),
             contains("2026-01-05,2,vps,\"b\",1,2,0,4,2.0000,20.0000,0.0000,2.0000,13.0000,0.0000,"
                      "0.0000,-7.0000,0.0000,\"Pan\"\n") &&
                 contains("\"'=1+1\""));
  CHECK_THAT(changes_json(made),
             contains(R"("Changes":[{"Code":"b",)") &&
                 contains(R"("Difference":{"Units":"0.0000","Sales":"-7.0000")") &&
                 !contains("RowsOfDay"));
  CHECK_THAT(changes_page(made), contains("<td>Pan</td>") && contains("<td>=1+1</td>"));
}

TEST_CASE("a time names a version only where the day had ended and the target remembers") {
  const auto version = [](std::uint32_t number, const char* since) {
    return bus::Dict{{{"Version", number}, {"Since", std::string(since)}}};
  };
  bus::Dict history{{{"Target", std::string("vps")},
                     {"Begins", std::string("2026-01-08 00:00:00")},
                     {"Versions", std::vector<bus::Dict>{version(1, "2026-01-05 10:00:00"),
                                                         version(2, "2026-01-09 10:00:00")}}}};
  const auto at = [&](const char* moment) { return version_at(history, moment, "2026-01-05"); };
  CHECK_THROWS_WITH(at("2026-01-05 09:00:00"), contains("had not been recorded"));
  CHECK_THROWS_WITH(at("2026-01-05 23:59:59"), contains("was open on 2026-01-05 23:59:59"));
  CHECK_THROWS_WITH(at("2026-01-06 00:00:00"),
                    contains("the memory of vps begins on 2026-01-08 00:00:00"));
  CHECK(at("2026-01-08 00:00:00") == 1);
  CHECK(at("2026-01-09 10:00:00") == 2);
  history.entries.erase(history.entries.begin() + 1);
  CHECK(at("2026-01-06 00:00:00") == 1);
}

TEST_CASE("a first version that was found altered is not what was proven at its time") {
  const auto version = [](std::uint32_t number, const char* since, const char* reason) {
    return bus::Dict{
        {{"Version", number}, {"Since", std::string(since)}, {"Reason", std::string(reason)}}};
  };
  const bus::Dict history{
      {{"Target", std::string("vps")},
       {"Versions", std::vector<bus::Dict>{version(1, "2026-01-05 10:00:00", "hallado"),
                                           version(2, "2026-01-09 10:00:00", "danado")}}}};
  CHECK_THROWS_WITH(version_at(history, "2026-01-08 00:00:00", "2026-01-05"),
                    contains("version 1 of 2026-01-05 was found altered") &&
                        contains("is version 2, after the repair"));
  CHECK(version_at(history, "2026-01-09 10:00:00", "2026-01-05") == 2);
}

TEST_CASE("a history says which targets have one of their own, and since when it remembers") {
  const VersionInfo version{{day, 1, {}, {}, {}}, {{}, "2026-01-05 10:00:00"}};
  const auto told_with = [&](std::vector<std::string> others, const char* begins,
                             const char* from) {
    return history_view(
        bus::history_dict({"local", std::move(others), BranchMoment{{}, begins}, {version}}), from,
        plain);
  };
  CHECK_THAT(told_with({"vps"}, "2026-01-01 00:00:00", ""),
             contains("vps has a history of its own: --from vps") && !contains("memory"));
  CHECK_THAT(told_with({}, "2026-01-01 00:00:00", ""), !contains("of its own"));
  CHECK_THAT(told_with({"vps"}, "2026-01-08 00:00:00", "local"),
             !contains("of its own") && contains("The memory of local begins on 2026-01-08"));
}

TEST_CASE("what a ledger says of an altered day is not called proven") {
  const VersionInfo version{{day, 1, {}, {}, {}}, {{}, "2026-01-05 10:00:00"}};
  const auto told_with = [&](bool altered, std::vector<NotedHands> hands) {
    return history_view(
        bus::history_dict(
            {"vps", {}, std::nullopt, {version}, std::move(hands), altered, "America/Mexico_City"}),
        "", plain);
  };
  CHECK_THAT(told_with(false, {}), contains("remembers (times of America/Mexico_City):") &&
                                       contains("first proven") && !contains("audit"));
  CHECK_THAT(told_with(true, {}),
             contains("altered: proves nothing") && !contains("first proven") &&
                 contains("are not what its entry in SincronizacionDias says"));
  CHECK_THAT(told_with(true, {{day, 2, "root@localhost"}}),
             contains("altered: proves nothing") &&
                 contains("2 rows in vps were changed by hand") &&
                 !contains("its entry in SincronizacionDias"));
}

TEST_CASE("a first version that was found altered is not called proven") {
  RecordedVersion first{day, 1, {}, {}, {}, true};
  const auto text = history_view(
      bus::history_dict({"vps", {}, std::nullopt, {{first, {{}, "2026-01-05 10:00:00"}}}}), "",
      plain);
  CHECK_THAT(text, contains("found altered") && !contains("first proven"));
}

TEST_CASE("what somebody has done to a day is told from what mended it") {
  CHECK(reason_text("danado", "hallado antes de reparar") == "damage found");
  CHECK(reason_text("danado", "el libro decia: 3 filas") == "damage repaired");
  CHECK(reason_text("aprobado", "hallado antes de reparar") == "approved");
  CHECK(reason_text("", "") == "first proven");
  CHECK(reason_text("nuevo", "") == "nuevo");
}

TEST_CASE("a version is shown with why, who and what it changed") {
  DayChange change;
  change.number = 1;
  change.note = {ChangeReason::aprobado, "ana", "test sales", false};
  change.account = "sucursal_7@10.0.0.7";
  change.before = totals_of(proven, test::branch_id, day);
  change.after = totals_of(altered, test::branch_id, day);
  const VersionInfo version{{day, 2, change.after, {}, change}, {{}, "2026-01-06 10:00:00"}};
  const auto text =
      history_view(bus::history_dict({"vps", {}, std::nullopt, {version}}), "", plain);
  CHECK_THAT(text, contains("As vps remembers") && contains("2026-01-06 10:00:00") &&
                       contains("approved") && contains("ana") && contains("test sales") &&
                       contains("-5.0000") && !contains("sucursal_7"));
  const auto json = version_json(bus::past_day_dict({"vps", version, altered}, 10));
  CHECK_THAT(json, contains(R"("RowsOfDay":[{"Code":"=1+1","Supplier":1,)") &&
                       contains(R"("Reason":"aprobado")"));
}
