// SPDX-License-Identifier: MIT
#include <sstream>

#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/consent.hpp"
#include "daemon/ctl/figures.hpp"
#include "daemon/ctl/json.hpp"
#include "daemon/ctl/loss_view.hpp"
#include "daemon/ctl/nagios.hpp"
#include "daemon/ctl/prometheus.hpp"
#include "daemon/ctl/views.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace consolidador::ctl;
using namespace std::chrono_literals;
using bus::Dict;
using test::contains;

namespace {

const Look plain{};
const Look coloured{true};

const Instant now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 10) + 12h;

std::uint64_t ago(std::chrono::seconds age) {
  const auto since = (now - age).time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

Dict place(const char* name) {
  return {{{"Name", name}, {"Up", true}, {"LastSuccessUSec", ago(90s)}}};
}

Dict status(const char* health, const char* state = "idle") {
  return {{{"BranchId", 7},
           {"BranchName", "A \"quoted\" \\ name"},
           {"State", state},
           {"Health", health},
           {"HealthReasons", bus::Strings{}},
           {"LastAuditedDay", "2026-01-09"},
           {"Places", std::vector<Dict>{place("operational"), place("vps")}}}};
}

CommandLine parse(std::vector<std::string> words) {
  words.insert(words.begin(), "consolidadorctl");
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  return parse_command_line(static_cast<int>(words.size()), arguments.data());
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, letters(line));
  return widest;
}

Dict held_day(const char* date, std::uint64_t rows) {
  const Dict loss{{{"Target", "local"},
                   {"RowsGoing", rows - 25},
                   {"Rows", rows},
                   {"RowsLeft", std::uint64_t{25}},
                   {"Units", "100.0000"},
                   {"UnitsLeft", "60.0000"},
                   {"Sales", "502.5000"},
                   {"SalesLeft", "172.5000"},
                   {"Cost", "350.0000"},
                   {"CostLeft", "70.0000"}}};
  const Dict target{{{"Target", "local"}, {"Recorded", true}, {"Pending", true}, {"Rows", rows}}};
  return {{{"Date", date},
           {"Held", "too many rows would go"},
           {"Conflict", loss.entries.empty()},
           {"Loss", loss},
           {"Targets", std::vector<Dict>{target}}}};
}

}  // namespace

TEST_CASE("JSON escapes what it must and nothing else") {
  CHECK(to_json(std::string("a\"b\\c\nd\x01 ñ 🛒")) == R"("a\"b\\c\nd\u0001 ñ 🛒")");
  CHECK(to_json(bus::Strings{}) == "[]");
  CHECK(to_json(Dict{{{"n", std::uint64_t{18'446'744'073'709'551'615U}}, {"b", true}}}) ==
        R"({"n":18446744073709551615,"b":true})");
  CHECK(to_json(std::vector<Dict>{{}, {{{"d", 0.5}}}}) == R"([{},{"d":0.5}])");
}

TEST_CASE("a time is spelled with its distance from now") {
  CHECK(spell_time(0, now) == "never");
  CHECK_THAT(spell_time(ago(3min), now), contains("(3 min ago)"));
  CHECK_THAT(spell_time(ago(-3min), now), contains("(in 3 min)"));
}

TEST_CASE("health and pause decide the nagios code") {
  CHECK(nagios(read_status(status("ok")), now).exit_code == 0);
  CHECK(nagios(read_status(status("degraded")), now).exit_code == 1);
  CHECK(nagios(read_status(status("failing")), now).exit_code == 2);
  CHECK(nagios(read_status(status("ok", "paused")), now).exit_code == 1);
  CHECK(nagios(read_status(status("failing", "paused")), now).exit_code == 2);
  CHECK(nagios(read_status(status("splendid")), now).exit_code == 3);
  CHECK_THAT(nagios(read_status(status("ok")), now).line, contains("'age_vps'=90s;;;0"));
  CHECK(nagios_failure(true, "a|b").line == "CONSOLIDADOR CRITICAL - a/b");
}

TEST_CASE("what is down has no figure for Prometheus but that") {
  const std::string head =
      "# HELP consolidador_up Whether the daemon answers.\n# TYPE consolidador_up gauge\n";
  CHECK(prometheus({}, {"7"}) == head + "consolidador_up{branch=\"7\"} 0\n");
  CHECK(prometheus({}, {""}) == head + "consolidador_up 0\n");
}

TEST_CASE("a name in a Prometheus label is escaped") {
  CHECK_THAT(prometheus({read_status(status("ok"))}), contains(R"(name="A \"quoted\" \\ name")"));
}

TEST_CASE("two targets that hold different contents of a day are seen at once") {
  const auto target = [](const char* name, const char* sales) {
    return Dict{
        {{"Target", name}, {"Recorded", true}, {"Rows", std::uint64_t{3}}, {"Sales", sales}}};
  };
  const Dict day{{{"Date", "2026-01-05"},
                  {"Targets", std::vector<Dict>{target("local", "10.00"), target("vps", "9.00")}}}};
  CHECK_THAT(days_view({day}, plain), contains("differ") && contains("3"));
}

TEST_CASE("a day that waits says what for, and an older daemon says nothing of it") {
  const Dict target{{{"Target", "vps"}, {"Recorded", false}, {"Pending", true}}};
  Dict day{{{"Date", "2026-01-05"}, {"Targets", std::vector<Dict>{target}}}};
  CHECK_THAT(days_view({day}, plain), contains("pending"));
  day.entries.emplace_back("Waits", "not in vps yet: connection refused");
  CHECK_THAT(days_view({day}, plain), contains("not in vps yet: connection refused"));
  CHECK_THAT(day_view(day, now, plain), contains("not in vps yet: connection refused"));
}

TEST_CASE("a day's revision is the ledger's, lest it be taken for a version of the history") {
  const Dict local{{{"Target", "local"}, {"Recorded", true}, {"Revision", std::uint32_t{3}}}};
  const Dict day{{{"Date", "2026-01-05"}, {"Targets", std::vector<Dict>{local}}}};
  CHECK_THAT(day_view(day, now, plain), contains("\n  ledger revision 3\n"));
}

TEST_CASE("a held day is yellow, and says what would go and what can be done") {
  const Dict day = held_day("2026-01-05", 40);
  CHECK_THAT(days_view({day}, coloured),
             contains("\033[33mheld\033[0m") && contains("\033[33mtoo many rows would go\033[0m"));
  CHECK_THAT(days_view({day}, plain),
             contains("held: bring the sales back into the POS, or consolidadorctl approve "
                      "2026-01-05 --reason TEXT\n"));
  CHECK_THAT(day_view(day, now, plain),
             contains("  held         too many rows would go\n"
                      "  would go     15 of 40 rows in local, units 40.0000 of 100.0000, "
                      "sales 330.0000 of 502.5000\n"));
}

TEST_CASE("a moment of the past is a day, or a day and a time") {
  const std::pair<const char*, const char*> moments[] = {
      {"2026-01-05", "2026-01-05 23:59:59"},
      {"2026-01-05 10:22", "2026-01-05 10:22:59"},
      {"2026-01-05T10:22:33", "2026-01-05 10:22:33"},
  };
  for (const auto& [text, moment] : moments)
    CHECK(parse({"history", "2026-01-05", "--as-of", text}).as_of == moment);
  for (const char* wrong :
       {"", "ayer", "2026-02-30", "2026-01-05 25:00", "2026-01-05 10:22:33.5",
        "2026-01-05 10:22:33Z", "2026-01-05x10", "2026-01-05 10", "2026-01-05 10:"})
    CHECK_THROWS_AS(parse({"history", "2026-01-05", "--as-of", wrong}), UsageError);
}

TEST_CASE("what belongs to diff and history belongs to nothing else") {
  CHECK(parse({"diff", "2026-01-05", "--limit", "20", "--format=csv"}).limit == 20U);
  CHECK(parse({"history", "2026-01-05", "--revision=3", "--from=vps"}).revision == 3U);
  const std::vector<std::string> wrong[] = {
      {"diff"},
      {"diff", "2026-01-05", "--revision=1"},
      {"diff", "2026-01-05", "--limit=0"},
      {"diff", "2026-01-05", "2026-01-06", "--rerun"},
      {"days", "--limit=3"},
      {"status", "--format=html"},
      {"history", "2026-01-05", "--format=csv"},
      {"history", "2026-01-05", "2026-01-06", "--revision=1"},
      {"history", "2026-01-05", "--revision=1", "--as-of=2026-01-05"}};
  for (const auto& words : wrong) CHECK_THROWS_AS(parse(words), UsageError);
}

TEST_CASE("nothing that people see is wider than their terminal") {
  auto day = held_day("2026-01-05", 123'456);
  day.entries[1].value = "123431 of 123456 rows would go, sales 123456789.5000 of 223456789.5000";
  const Dict contents{{{"Target", "local"},
                       {"Rows", std::uint64_t{123'456}},
                       {"Units", "123456789.1234"},
                       {"Sales", "123456789.1234"},
                       {"Cost", "123456789.1234"},
                       {"Huella", "18446744073709551615"}}};
  const Dict both{{{"Date", "2026-01-05"}, {"Targets", std::vector<Dict>{contents, contents}}}};
  const Dict request{{{"Kind", "reprocess"}, {"Error", std::string(90, 'x')}}};
  auto told = status("degraded");
  told.entries[4].value = bus::Strings{std::string(40, 'x') + ' ' + std::string(70, 'y')};
  for (const std::size_t width : {80U, 50U}) {
    const Look look{false, width};
    for (const auto& text :
         {days_view({day}, look), day_view(day, now, look), loss_view({day}, look),
          contents_view(both, look), requests_view({request}, look),
          status_view(read_status(told), now, look)})
      CHECK(widest_line(text) <= width);
  }
}

TEST_CASE("a held day in one line is cut where its reason is long") {
  CHECK(held_line(held_day("2026-01-05", 40)) ==
        "2026-01-05 is held: too many rows would go; see `day 2026-01-05`");
  const Dict day{{{"Date", "2026-01-05"}, {"Held", std::string(60, 'a') + 'b'}}};
  CHECK(held_line(day) ==
        "2026-01-05 is held: " + std::string(56, 'a') + " ...; see `day 2026-01-05`");
}

TEST_CASE("a held day that nothing here can mend needs a backup") {
  const Dict day{{{"Date", "2026-01-05"}, {"Held", "they are left as they are"}}};
  CHECK_THAT(
      day_view(day, now, plain),
      contains("  next step    wait until both targets are up; if it stays, restore the day's "
               "rows from a backup of either database\n"));
}

TEST_CASE("a day that the targets contradict each other about is restored from one of them") {
  const Dict day{
      {{"Date", "2026-01-05"}, {"Held", "local has 1 rows, vps has 2"}, {"Conflict", true}}};
  CHECK_THAT(day_view(day, now, plain),
             contains("consolidadorctl restore 2026-01-05 --from local|vps --reason TEXT") &&
                 !contains("would go"));
}

TEST_CASE("what would go is counted for each day and for all of them") {
  const auto text = loss_view({held_day("2026-01-06", 40), held_day("2026-01-05", 45)}, plain);
  CHECK(text ==
        "DATE        ROWS  OF    UNITS     SALES      COST  SALES LEFT\n"
        "2026-01-06    15  40  40.0000  330.0000  280.0000    172.5000\n"
        "2026-01-05    20  45  40.0000  330.0000  280.0000    172.5000\n"
        "total         35  85  80.0000  660.0000  560.0000    345.0000\n");
}

TEST_CASE("what would go fits a narrow terminal also with large amounts") {
  const Dict loss{{{"RowsGoing", std::uint64_t{99'999}},
                   {"Rows", std::uint64_t{100'000}},
                   {"Units", "123456.7890"},
                   {"Sales", "223456.7890"},
                   {"SalesLeft", "100000.0000"},
                   {"Cost", "123456.7890"}}};
  const auto text = loss_view({Dict{{{"Date", "2026-01-05"}, {"Loss", loss}}}}, plain);
  CHECK_THAT(text, contains("123456.7890  123456.7890  123456.7890  100000.0000\n"));
  CHECK(text.find('\n') <= 80);
}

TEST_CASE("what would go is said to go from the targets that there are") {
  auto day = held_day("2026-01-05", 40);
  CHECK(loss_heading(day) == "This would go from local, because the POS has it no longer:\n");
  day.entries.back().value = std::vector<Dict>(2);
  CHECK(loss_heading(day) ==
        "This would go from local and VPS, because the POS has it no longer:\n");
}

TEST_CASE("what is counted in each target is a day task, and a refused reload is said once") {
  auto told = status("degraded");
  told.entries.insert(told.entries.end(), {{"ConfigError", "x.yaml:3: window: wrong"}});
  CHECK_THAT(status_view(read_status(told), now, plain),
             contains(" day task") && contains("  reload       x.yaml:3: window: wrong\n"));
  for (auto& [key, value] : told.entries)
    if (key == "HealthReasons")
      value =
          std::vector<std::string>{"the configuration was not reloaded: x.yaml:3: window: wrong"};
  CHECK_THAT(status_view(read_status(told), now, plain), !contains("  reload "));
}

TEST_CASE("held and archived days are lines of the status, where there are any") {
  auto told = status("degraded");
  CHECK_THAT(status_view(read_status(told), now, plain),
             !contains("held") && !contains("archived"));
  told.entries.insert(told.entries.end(), {{"HeldDays", std::uint64_t{1}},
                                           {"ArchivedDays", std::uint64_t{365}},
                                           {"PosBeginsDay", "2026-01-01"}});
  CHECK_THAT(status_view(read_status(told), now, plain),
             contains("  held         1 day; see `days --held`\n"
                      "  archived     365 days, POS begins 2026-01-01\n"));
  CHECK_THAT(nagios(read_status(told), now).line,
             contains("'held_days'=1;;;0 'archived_days'=365;;;0"));
  CHECK_THAT(
      prometheus({read_status(told)}),
      contains("# HELP consolidador_days_held Days that the POS has lost sales of and that wait "
               "for a person.\n") &&
          contains("consolidador_days_held{branch=\"7\"} 1\n") &&
          contains("consolidador_days_archived{branch=\"7\"} 365\n"));
}

TEST_CASE("an archived day is proven though the POS has it no longer") {
  const Dict target{{{"Target", "vps"}, {"Recorded", true}, {"Archived", true}}};
  const Dict day{{{"Date", "2020-01-05"}, {"Targets", std::vector<Dict>{target}}}};
  CHECK_THAT(days_view({day}, coloured), contains("\033[32marchived\033[0m"));
}

TEST_CASE("what lets sales go needs a reason, and from where") {
  const auto line =
      parse({"approve", "2026-01-01", "2026-01-02", "--reason=till 2", "--yes", "--wait"});
  CHECK(line.reason == "till 2");
  CHECK((line.yes && line.wait));
  CHECK(parse({"restore", "2026-01-01", "--from=vps", "--reason", "x"}).from == "vps");
  CHECK(parse({"take-over", "--yes"}).yes);
  const std::pair<std::vector<std::string>, const char*> wrong[] = {
      {{"approve"}, "wrong number of arguments"},
      {{"approve", "2026-01-01"}, "approve: --reason TEXT is missing"},
      {{"approve", "2026-01-01", "--reason="}, "--reason: must not be empty"},
      {{"approve", "2026-01-01", "--reason", "a\nb"}, "--reason: must be one line"},
      {{"approve", "2026-01-01", "--reason=x", "--from=vps"}, "--from belongs to restore"},
      {{"approve", "2026-01-02", "2026-01-01", "--reason=x"}, "is after"},
      {{"restore", "2026-01-01", "--reason=x"}, "restore: --from local|vps is missing"},
      {{"restore", "2026-01-01", "--from=pos", "--reason=x"}, "'pos' is not local or vps"},
      {{"restore", "2026-01-01", "--from=vps"}, "restore: --reason TEXT is missing"},
      {{"take-over", "--reason=x"}, "--reason belongs to approve and restore"},
      {{"take-over", "--wait"}, "--wait belongs to"},
      {{"sync", "--yes"}, "--yes belongs to approve, restore and take-over"},
  };
  for (const auto& [words, message] : wrong) CHECK_THROWS_WITH(parse(words), contains(message));
}

TEST_CASE("wait is for a day or for a request, never for both") {
  CHECK(parse({"wait", "7"}).arguments == std::vector<std::string>{"7"});
  CHECK(parse({"wait", "--audited=2026-01-01", "--timeout=2h"}).timeout);
  CHECK_THROWS_WITH(parse({"wait"}), contains("give --audited DATE, or the number of a request"));
  CHECK_THROWS_WITH(parse({"wait", "7", "--audited=2026-01-01"}), contains("give --audited DATE"));
  CHECK_THROWS_WITH(parse({"wait", "7", "--timeout=2h"}), contains("belongs to wait --audited"));
  CHECK_THROWS_WITH(parse({"status", "--audited=2026-01-01"}), contains("belong to wait"));
  CHECK_THROWS_WITH(parse({"sync", "--wait", "--timeout=2h"}), contains("belong to wait"));
}

TEST_CASE("who may not command is told what to do, whoever refuses") {
  for (const char* name : {bus::error_access_denied, "org.freedesktop.DBus.Error.AccessDenied"}) {
    const auto error = explained({name, "Rejected send message, 1 matched rules"}, "approve");
    CHECK(exit_code_of(error) == ExitCode::day_failed);
    CHECK(std::string(error.what()) ==
          "approve: only root and members of the group consolidador may do this; as a member, or: "
          "sudo consolidadorctl ...");
  }
  CHECK_THAT(explained({"org.freedesktop.DBus.Error.NoReply", "timed out"}, "days").what(),
             contains("journalctl -u 'consolidador-ventas@*'"));
  CHECK(std::string(explained({bus::error_refused, "no day is held"}, "approve").what()) ==
        "no day is held");
}

TEST_CASE("yes is said in English and in Spanish, and whole") {
  for (const char* yes : {"yes", "si", "sí"}) CHECK(means_yes(yes));
  for (const char* no : {"", "y", "s", "Yes", "YES", "Sí", "no", "yes ", " si", "sin", "yes\r"})
    CHECK_FALSE(means_yes(no));
}

TEST_CASE("requests are listed by their name on the bus, too") {
  CHECK(parse({"jobs"}).command == "requests");
  CHECK(parse({"requests", "--format=json"}).format == Format::json);
}

TEST_CASE("all held days are asked for of `days`, and without a range") {
  CHECK(parse({"days", "--held"}).held);
  CHECK(parse({"days", "--held", "--format=json"}).format == Format::json);
  CHECK_FALSE(parse({"days"}).held);
  CHECK_THROWS_WITH(parse({"days", "2026-01-01", "2026-01-31", "--held"}),
                    contains("leave FROM and TO out"));
  CHECK_THROWS_WITH(parse({"status", "--held"}), contains("--held belongs to days"));
}

TEST_CASE("an answer of another version's daemon is shown as far as it goes") {
  CHECK_THAT(status_view({}, now, plain), contains("Branch 0"));
  CHECK_FALSE(days_view({Dict{}}, coloured).empty());
  CHECK_FALSE(requests_view({Dict{}}, coloured).empty());
  CHECK_FALSE(day_view({}, now, plain).empty());
}
