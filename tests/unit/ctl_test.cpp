// SPDX-License-Identifier: MIT
#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/figures.hpp"
#include "daemon/ctl/json.hpp"
#include "daemon/ctl/nagios.hpp"
#include "daemon/ctl/prometheus.hpp"
#include "daemon/ctl/table.hpp"
#include "daemon/ctl/views.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace consolidador::ctl;
using namespace std::chrono_literals;
using bus::Dict;
using test::contains;

namespace {

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

}  // namespace

TEST_CASE("JSON escapes what it must and nothing else") {
  CHECK(to_json(std::string("a\"b\\c\nd\x01 ñ 🛒")) == R"("a\"b\\c\nd\u0001 ñ 🛒")");
  CHECK(to_json(bus::Strings{}) == "[]");
  CHECK(to_json(Dict{{{"n", std::uint64_t{18'446'744'073'709'551'615U}}, {"b", true}}}) ==
        R"({"n":18446744073709551615,"b":true})");
  CHECK(to_json(std::vector<Dict>{{}, {{{"d", 0.5}}}}) == R"([{},{"d":0.5}])");
}

TEST_CASE("a span is spelled in the two units that matter") {
  CHECK(spell_span(59s) == "59 s");
  CHECK(spell_span(12min) == "12 min");
  CHECK(spell_span(2h + 5min) == "2 h 05 min");
  CHECK(spell_span(76h) == "3 d 04 h");
  CHECK(spell_time(0, now) == "never");
  CHECK_THAT(spell_time(ago(3min), now), contains("(3 min ago)"));
  CHECK_THAT(spell_time(ago(-3min), now), contains("(in 3 min)"));
}

TEST_CASE("health and pause decide the nagios code") {
  CHECK(nagios(status("ok"), now).exit_code == 0);
  CHECK(nagios(status("degraded"), now).exit_code == 1);
  CHECK(nagios(status("failing"), now).exit_code == 2);
  CHECK(nagios(status("ok", "paused"), now).exit_code == 1);
  CHECK(nagios(status("failing", "paused"), now).exit_code == 2);
  CHECK(nagios(status("splendid"), now).exit_code == 3);
  CHECK_THAT(nagios(status("ok"), now).line, contains("'age_vps'=90s;;;0"));
  CHECK(nagios_failure(true, "a|b").line == "CONSOLIDADOR CRITICAL - a/b");
}

TEST_CASE("a name in a Prometheus label is escaped") {
  CHECK_THAT(prometheus({status("ok")}), contains(R"(name="A \"quoted\" \\ name")"));
}

TEST_CASE("a table is as wide as its letters, right where it should, and ends without blanks") {
  Table table({{"NAME"}, {"N", Table::Align::right}, {"NOTE"}});
  table.add({{"ñandú", Colour::red}, {"7"}, {""}});
  table.add({{"a"}, {"1000"}, {"x"}});
  CHECK(table.text(false) ==
        "NAME      N  NOTE\n"
        "ñandú     7\n"
        "a      1000  x\n");
  CHECK_THAT(table.text(true), contains("\033[31mñandú\033[0m"));
}

TEST_CASE("two targets that hold different contents of a day are seen at once") {
  const auto target = [](const char* name, const char* sales) {
    return Dict{
        {{"Target", name}, {"Recorded", true}, {"Rows", std::uint64_t{3}}, {"Sales", sales}}};
  };
  const Dict day{{{"Date", "2026-01-05"},
                  {"Targets", std::vector<Dict>{target("local", "10.00"), target("vps", "9.00")}}}};
  CHECK_THAT(days_view({day}, false), contains("differ") && contains("3"));
}

TEST_CASE("an answer of another version's daemon is shown as far as it goes") {
  CHECK_THAT(status_view({}, now, false), contains("Branch 0"));
  CHECK_FALSE(days_view({Dict{}}, true).empty());
  CHECK_FALSE(jobs_view({Dict{}}, true).empty());
  CHECK_FALSE(day_view({}, now, false).empty());
}
