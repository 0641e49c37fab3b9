// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>

#include "daemon/bus/arguments.hpp"
#include "daemon/bus/error.hpp"
#include "daemon/bus/guard.hpp"
#include "daemon/bus/manager.hpp"
#include "daemon/bus/snapshot.hpp"
#include "daemon/lanes/day_text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::bus;
using test::contains;

namespace {

constexpr uid_t root = 0;

RequestInfo numbered(std::uint64_t id) {
  RequestInfo request;
  request.id = id;
  return request;
}

/// Says what it was asked for.
class Asked : public Control {
 public:
  StatusSnapshot snapshot;
  DayInfo info;
  std::string said;

  StatusSnapshot status() const override { return snapshot; }
  std::vector<RequestInfo> requests() const override { return {}; }
  DayInfo day(Date) const override { return info; }
  std::vector<DayInfo> days(const DateRange&, std::size_t) const override { return {info}; }
  std::exception_ptr failure;  ///< of inquiries

  void history(const DateRange& range, const std::string& from,
               Answer<DayHistory> answer) override {
    said = to_string(range.first) + ' ' + to_string(range.last) + ' ' + from;
    answer(failure, {"vps", {"local"}, std::nullopt, std::vector<VersionInfo>(versions)});
  }
  void version(Date date, std::uint32_t number, const std::string& from,
               Answer<PastDay> answer) override {
    said = to_string(date) + ' ' + std::to_string(number) + ' ' + from;
    answer(failure, {});
  }
  void version_change(Date date, std::uint32_t number, const std::string& from,
                      Answer<PastChange> answer) override {
    said = "change " + to_string(date) + ' ' + std::to_string(number) + ' ' + from;
    answer(failure, {});
  }
  void differences(Date date, Answer<DayDifferences> answer) override {
    said = to_string(date);
    answer(failure, {date, {}, {}, 0, {}});
  }
  std::size_t versions = 1;
  void request(RequestKind kind, const DateRange& range, const std::string& actor,
               Answer<RequestInfo> answer) override {
    said = std::string(to_string(kind)) + ' ' + to_string(range.first) + ' ' + actor;
    answer(nullptr, numbered(6));
  }
  void approve(const DateRange& range, const std::string& reason, const std::string& actor,
               Answer<RequestInfo> answer) override {
    if (info.held.empty())
      return answer(std::make_exception_ptr(RequestRefused("no day is held")), {});
    said = to_string(range.first) + ' ' + to_string(range.last) + ' ' + reason + ' ' + actor;
    answer(nullptr, numbered(7));
  }
  void restore(Date date, const std::string& from, const std::string& reason,
               const std::string& actor, Answer<RequestInfo> answer) override {
    said = to_string(date) + ' ' + from + ' ' + reason + ' ' + actor;
    answer(nullptr, numbered(8));
  }
  void take_over(const std::string& actor) override { said = "taken over by " + actor; }
  void cancel(std::uint64_t, Answer<bool> answer) override { answer(nullptr, false); }
  void pause(const std::string&, Done done) override { done(nullptr); }
  void resume(Done done) override { done(nullptr); }
  void name_taken(bool) override {}
  void reload(Answer<std::optional<std::string>> answer) override { answer(nullptr, {}); }
  void listen(ControlListener*) override {}
};

Values call(Asked& control, std::string_view name, const Values& arguments,
            Commander caller = root) {
  Manager manager(control);
  const Interface interface = manager.interface();
  const auto method = std::ranges::find(interface.methods, name, &Method::name);
  REQUIRE(method != interface.methods.end());
  if (method->run) return method->run(arguments, caller);
  Values told;
  method->begin(arguments, caller, [&](const std::function<Values()>& result) { told = result(); });
  return told;
}

Values inquire(Asked& control, std::string_view name, const Values& arguments) {
  Manager manager(control);
  const Interface interface = manager.interface();
  const auto method = std::ranges::find(interface.methods, name, &Method::name);
  REQUIRE(method != interface.methods.end());
  Values told;
  method->begin(arguments, {}, [&](const std::function<Values()>& result) { told = result(); });
  return told;
}

std::string error_of_inquiry(Asked& control) try {
  inquire(control, "GetVersionChanges", {"2026-01-05", std::uint32_t{2}, "vps"});
  CHECK(control.said == "change 2026-01-05 2 vps");
  inquire(control, "GetDifferences", {"2026-01-05"});
  return "none";
} catch (const BusError& error) {
  return error.name();
}

Asked with_a_held_day() {
  Asked control;
  control.info.date = parse_date("2026-01-05");
  control.info.held = "15 of 40 rows in local would go";
  Loss loss{"local", 15, {}, {}};
  loss.held = {40, Decimal::parse("100"), Decimal::parse("502.50"), Decimal::parse("80"), 1};
  loss.wanted = {25, Decimal::parse("60"), Decimal::parse("172.50"), Decimal::parse("50"), 2};
  control.info.loss = loss;
  return control;
}

}  // namespace

TEST_CASE("who decides or asks for days is handed on by his login") {
  auto control = with_a_held_day();
  CHECK(call(control, "Approve", {"2026-01-05", "2026-01-06", "moved to till 2"}) ==
        Values{ObjectPath{"/org/consolidador/Ventas1/job/7"}});
  CHECK(control.said == "2026-01-05 2026-01-06 moved to till 2 root");
  CHECK(call(control, "Restore", {"2026-01-05", "vps", "as head office has it"}) ==
        Values{ObjectPath{"/org/consolidador/Ventas1/job/8"}});
  CHECK(control.said == "2026-01-05 vps as head office has it root");
  CHECK(call(control, "TakeOver", {}, uid_t{4'000'000'001}).empty());
  CHECK(control.said == "taken over by 4000000001");
  CHECK(call(control, "Reprocess", {"2026-01-05", "2026-01-06"}) ==
        Values{ObjectPath{"/org/consolidador/Ventas1/job/6"}});
  CHECK(control.said == "reprocess 2026-01-05 root");
}

TEST_CASE("an approval without a reason, or of days that are not held, is refused") {
  auto control = with_a_held_day();
  const std::pair<std::string, const char*> reasons[] = {
      {"", "reason: must not be empty"},
      {"   ", "reason: must not be empty"},
      {"one\ntwo", "reason: must be one line"},
      {"\033[2J", "reason: must be one line"},
      {std::string(201, 'x'), "reason: at most 200 bytes, not 201"},
  };
  for (const auto& [reason, message] : reasons) {
    CHECK_THROWS_WITH(call(control, "Approve", {"2026-01-05", "2026-01-05", reason}),
                      contains(message));
    CHECK_THROWS_WITH(call(control, "Restore", {"2026-01-05", "vps", reason}), contains(message));
  }
  CHECK(control.said.empty());
  control.info.held.clear();
  try {
    call(control, "Approve", {"2026-01-05", "2026-01-05", "x"});
    FAIL("not refused");
  } catch (const BusError& error) {
    CHECK(error.name() == error_refused);
  }
}

TEST_CASE("what lets sales go is for commanders") {
  Asked control;
  Manager manager(control);
  for (const Method& method : manager.interface().methods) {
    const std::string_view name = method.name;
    const bool reads = name.starts_with("Get") || name.starts_with("List");
    CHECK((method.access == Access::everybody) == reads);
  }
}

TEST_CASE("an inquiry is handed on, and answers later") {
  Asked control;
  const auto history = inquire(control, "GetHistory", {"2026-01-05", "2026-01-06", "vps"});
  CHECK(control.said == "2026-01-05 2026-01-06 vps");
  CHECK(get<std::string>(std::get<Dict>(history.at(0)), "Target") == "vps");
  inquire(control, "GetVersion", {"2026-01-05", std::uint32_t{3}, ""});
  CHECK(control.said == "2026-01-05 3 ");
  inquire(control, "GetVersionChanges", {"2026-01-05", std::uint32_t{2}, "vps"});
  CHECK(control.said == "change 2026-01-05 2 vps");
  inquire(control, "GetDifferences", {"2026-01-05"});
  CHECK(control.said == "2026-01-05");
  CHECK_THROWS_AS(inquire(control, "GetDifferences", {"5 January"}), BusError);
  control.versions = 4'001;
  CHECK_THROWS_WITH(inquire(control, "GetHistory", {"1990-01-01", "2026-01-06", ""}),
                    contains("ask for fewer days"));
}

TEST_CASE("an inquiry that fails says whether a database is down, refuses, or too many ask") {
  Asked control;
  const auto fails_with = [&](const auto& error) {
    control.failure = std::make_exception_ptr(error);
    return error_of_inquiry(control);
  };
  CHECK(fails_with(RequestRefused("too many")) == error_refused);
  CHECK(fails_with(Error(ErrorClass::transient, ErrorCause::link, "down")) == error_unreachable);
  CHECK(fails_with(DataError("does not add up")) == error_database);
}

TEST_CASE("a held day is told with what would go") {
  auto control = with_a_held_day();
  const auto day = std::get<Dict>(call(control, "GetDay", {"2026-01-05"}, {}).at(0));
  CHECK(get<std::string>(day, "Held") == "15 of 40 rows in local would go");
  const auto loss = get<Dict>(day, "Loss");
  CHECK(get<std::string>(loss, "Target") == "local");
  CHECK(get<std::uint64_t>(loss, "RowsGoing") == 15);
  CHECK(get<std::uint64_t>(loss, "Rows") == 40);
  CHECK(get<std::uint64_t>(loss, "RowsLeft") == 25);
  CHECK(get<std::string>(loss, "Units") == "100.0000");
  CHECK(get<std::string>(loss, "UnitsLeft") == "60.0000");
  CHECK(get<std::string>(loss, "Sales") == "502.5000");
  CHECK(get<std::string>(loss, "SalesLeft") == "172.5000");
  CHECK(get<std::string>(loss, "Cost") == "80.0000");
  CHECK(get<std::string>(loss, "CostLeft") == "50.0000");
}

TEST_CASE("a day that is not held has no loss, and an archived one says so") {
  DayInfo info;
  DayInTarget archived;
  archived.target = "local";
  archived.archived = true;
  info.targets.push_back(archived);
  const Dict day = day_dict(info);
  CHECK(get<std::string>(day, "Held").empty());
  CHECK(*find(day, "Loss") == Value(Dict{}));
  CHECK(get<bool>(get<std::vector<Dict>>(day, "Targets").at(0), "Archived"));
}

TEST_CASE("the status counts held and archived days, and says where the POS begins") {
  StatusSnapshot snapshot;
  snapshot.held_days = 2;
  snapshot.archived_days = 365;
  CHECK(get<std::string>(status_dict(snapshot), "PosBeginsDay").empty());
  snapshot.pos_begins = parse_date("2026-01-01");
  const Dict status = status_dict(snapshot);
  CHECK(get<std::uint64_t>(status, "HeldDays") == 2);
  CHECK(get<std::uint64_t>(status, "ArchivedDays") == 365);
  CHECK(get<std::string>(status, "PosBeginsDay") == "2026-01-01");
}

TEST_CASE("a commander is known by his user, and nobody without one commands") {
  const auto of = [](Value user) { return commander({{{"UnixUserID", std::move(user)}}}); };
  CHECK(of(std::uint32_t{0}) == Commander(root));
  CHECK(of(std::uint32_t{geteuid()}) == Commander(geteuid()));
  CHECK(of(std::uint32_t{4'000'000'001}) == Commander());
  CHECK(of("0") == Commander());
  CHECK(commander({}) == Commander());
  CHECK(login_of(root) == "root");
  CHECK(login_of(4'000'000'001) == "4000000001");
}

TEST_CASE("the interface's description names every action that DaySynced may have") {
  const auto xml =
      test::read_file(CONSOLIDADOR_SOURCE_DIR "/daemon/bus/org.consolidador.Ventas1.Manager.xml");
  const auto end = xml.find("<signal name=\"DaySynced\">");
  const auto description = xml.substr(xml.rfind("<!--", end), end - xml.rfind("<!--", end));
  for (int i = 0; i <= static_cast<int>(DayAction::postponed); ++i) {
    const auto action = static_cast<DayAction>(i);
    if (!is_change(action)) continue;
    CHECK_THAT(description, contains(std::string(english(action)) + " ("));
  }
}
