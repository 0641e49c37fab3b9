// SPDX-License-Identifier: MIT
#include "daemon/ctl/event_text.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using bus::Dict;

namespace {

std::string plain(const char* member, bus::Values arguments) {
  return ctl::event_text({"/", "i", member, std::move(arguments)}, {});
}

Dict request(std::uint64_t failed) {
  return {{{"Id", std::uint64_t{3}},
           {"Kind", "audit"},
           {"From", "2026-01-01"},
           {"To", "2026-01-09"},
           {"State", failed == 0 ? "running" : "failed"},
           {"Done", std::uint64_t{9}},
           {"Total", std::uint64_t{10}},
           {"Failed", failed}}};
}

}  // namespace

TEST_CASE("each signal that says something new is a line for people") {
  const Dict totals{{{"Rows", std::uint64_t{1'200}}, {"Sales", "17.5000"}}};
  CHECK(plain("DaySynced", {"2026-01-05", "vps", "changed", totals}) ==
        "2026-01-05 vps changed: 1200 rows, sales 17.5000");
  const Dict product{{{"Upc", "a\nb"}, {"Sales", "-3.0000"}}};
  Dict changed = totals;
  changed.entries.insert(changed.entries.end(), {{"RowsRemoved", std::uint64_t{1}},
                                                 {"SalesChange", "-2.0000"},
                                                 {"Largest", std::vector<Dict>{product}}});
  CHECK(plain("DaySynced", {"2026-01-05", "vps", "changed", changed}) ==
        "2026-01-05 vps changed: 1200 rows, sales 17.5000; rows: 0 added, 0 changed, 1 removed; "
        "sales -2.0000; largest a b -3.0000");
  CHECK(plain("DaySynced", {"2026-01-05", "vps", "new", changed}) ==
        "2026-01-05 vps new: 1200 rows, sales 17.5000");
  CHECK(plain("DayFailed", {"2026-01-05", "2 rows are wrong"}) ==
        "2026-01-05 in ERROR: 2 rows are wrong");
  CHECK(plain("DayHeld", {"2026-01-05", "15 of 40 rows in local would go"}) ==
        "2026-01-05 held: 15 of 40 rows in local would go");
  CHECK(plain("HealthChanged", {"ok", bus::Strings{}}) == "health ok");
  CHECK(plain("HealthChanged", {"failing", bus::Strings{"vps is down", "1 day late"}}) ==
        "health failing: vps is down; 1 day late");
  CHECK(plain("TargetUp", {"vps"}) == "vps is up");
  CHECK(plain("TargetDown", {"vps", "no answer"}) == "vps is down: no answer");
  CHECK(plain("JobNew", {bus::ObjectPath{"/3"}, request(0)}) ==
        "request 3: audit 2026-01-01 to 2026-01-09");
  CHECK(plain("JobRemoved", {bus::ObjectPath{"/3"}, "failed", request(1)}) ==
        "request 3: audit 2026-01-01 to 2026-01-09: failed, 9 of 10 day tasks, 1 failed");
  const auto ended = [](const char* state, std::uint64_t done, std::uint64_t failed) {
    const Dict request{{{"Id", std::uint64_t{3}},
                        {"Kind", "audit"},
                        {"From", "a"},
                        {"To", "b"},
                        {"State", state},
                        {"Done", done},
                        {"Total", std::uint64_t{10}},
                        {"Failed", failed},
                        {"Held", failed}}};
    return plain("JobRemoved", {bus::ObjectPath{"/3"}, state, request});
  };
  CHECK(
      ended("cancelled", 3, 0) ==
      "request 3: audit a to b: cancelled, 3 of 10 day tasks, 0 failed; the other 7 were not done");
  CHECK(ended("failed", 10, 10) ==
        "request 3: audit a to b: failed, 10 of 10 day tasks, 10 failed, 10 of them held: a person "
        "has to decide; nothing was done of what was asked for");
  CHECK(plain("CycleFinished", {std::uint64_t{8}, std::uint64_t{2}, std::uint64_t{0}}) ==
        "cycle 8: 2 day tasks changed, 0 in ERROR");
  CHECK(plain("NameOwnerChanged", {"name", ":1.7", ""}) == "the daemon has left the bus");
  CHECK(plain("NameOwnerChanged", {"name", "", ":1.8"}) == "the daemon is on the bus");
  CHECK(plain("PropertiesChanged", {"i", Dict{}, bus::Strings{}}).empty());
}

TEST_CASE("what is bad is red, on a terminal only") {
  const bus::Received failed{"/", "i", "DayFailed", {"2026-01-05", "x"}};
  CHECK(ctl::event_text(failed, Look{true}) == "\033[31m2026-01-05 in ERROR: x\033[0m");
  const bus::Received cycle{
      "/", "i", "CycleFinished", {std::uint64_t{8}, std::uint64_t{2}, std::uint64_t{1}}};
  CHECK(ctl::event_text(cycle, Look{true}) ==
        "\033[31mcycle 8: 2 day tasks changed, 1 in ERROR\033[0m");
}

TEST_CASE("a signal of another version of the daemon is a line with gaps") {
  CHECK(plain("TargetDown", {}) == " is down: ");
  CHECK(plain("DaySynced", {std::uint64_t{1}, "vps", "changed"}) == " vps changed: 0 rows, sales ");
}
