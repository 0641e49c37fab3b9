// SPDX-License-Identifier: MIT
#include "daemon/service/status.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date day = parse_date("2026-01-05");
const Error refused(ErrorClass::transient, ErrorCause::link, "vps: connection refused");

DayBook book_of_days() {
  return {[](Date) { return std::vector<Outstanding>(); }, [](const DayResult&) {}};
}

void fail_day(DayBook& book, Date date) {
  DayReport report;
  report.task.date = date;
  report.target = "local";
  report.error = DataError("row 3: Upc is empty");
  book.add(report);
}

void hold_day(DayBook& book, Date date) {
  DayReport report;
  report.task.date = date;
  report.target = "local";
  report.totals = DayTotals{};
  report.outcome.emplace().action = DayAction::held;
  report.outcome->reason = "9 of 10 rows would go";
  report.outcome->loss = Loss{};
  book.add(report);
}

}  // namespace

TEST_CASE("the state is what an operator has to know first") {
  Standing standing;
  CHECK(state_of(standing, true) == DaemonState::starting);
  CHECK(state_of(standing, false) == DaemonState::syncing);
  standing.last_cycle = day + 1h;
  CHECK(state_of(standing, true) == DaemonState::idle);
  standing.paused = "moving house";
  CHECK(state_of(standing, false) == DaemonState::paused);
  standing.stopping = true;
  CHECK(state_of(standing, false) == DaemonState::stopping);
}

TEST_CASE("a database is connecting until it has answered or failed, then up or down") {
  Availability availability("vps", {1h, 1h});
  StatusSnapshot status;
  status.branch_id = 7;
  const auto line = [&] {
    status.targets = {connection_status("vps", availability)};
    return status_line(status);
  };
  CHECK_THAT(line(), contains("branch 7: ok") && contains("vps connecting"));
  availability.failed(refused, day + 12h);
  CHECK_THAT(line(), contains("vps down since 2026-01-05T12:00"));
  availability.succeeded(day + 13h);
  CHECK_THAT(line(), contains("vps up"));
  CHECK(connection_status("vps", availability).reconnects == 1);
}

TEST_CASE("all targets are audited up to where the last of them is") {
  TargetStatus ahead, behind;
  ahead.last_audited = day;
  behind.last_audited = day - std::chrono::days(3);
  CHECK(audited_everywhere({ahead, behind}) == behind.last_audited);
  CHECK(audited_everywhere({behind, ahead}) == behind.last_audited);
  CHECK_FALSE(audited_everywhere({ahead, {}}));
  CHECK_FALSE(audited_everywhere({}));
}

TEST_CASE("the line says how many days wait, and that the configuration was refused") {
  StatusSnapshot status;
  status.targets.resize(1);
  status.targets[0].name = "local";
  status.targets[0].pending = 12;
  status.config_error = "x.yaml:3: window: wrong";
  CHECK_THAT(status_line(status), contains("local connecting (12 days pending)") &&
                                      contains("configuration not reloaded: x.yaml:3"));
}

TEST_CASE("a place that another machine writes needs a person, one that is down does not") {
  Availability availability("vps", {1h, 1h});
  availability.failed(refused, day + 12h);
  TargetStatus status = connection_status("vps", availability);
  status.late = 2;
  status.oldest_late = day;
  CHECK_FALSE(place_status(status, availability).needs_person);
  CHECK(place_status(status, availability).late_days == 2);
  availability.failed({ErrorClass::permanent, ErrorCause::configuration, "other"}, day + 13h);
  CHECK(place_status(status, availability).needs_person);
}

TEST_CASE("days in ERROR and held days reach the verdict with their first reason") {
  DayBook book = book_of_days();
  HealthInput input;
  add_days(input, book);
  CHECK(input.failed_days + input.held_days == 0);
  fail_day(book, day);
  hold_day(book, day + std::chrono::days(1));
  add_days(input, book);
  CHECK(input.failed_days == 1);
  CHECK(input.first_failure == "2026-01-05: row 3: Upc is empty");
  CHECK(input.held_days == 1);
  CHECK_THAT(input.first_hold, contains("2026-01-06: 9 of 10 rows would go") &&
                                   contains("consolidadorctl approve 2026-01-06"));
}

TEST_CASE("the heartbeat names the first failed days and the newest held ones, as many as fit") {
  DayBook book = book_of_days();
  for (int i = 0; i < 50; ++i) fail_day(book, day + std::chrono::days(i));
  for (int i = 100; i < 600; ++i) hold_day(book, day + std::chrono::days(i));
  const HealthVerdict verdict{Health::degraded, {"first", std::string(500, 'x')}};
  const Heartbeat beat = heartbeat_of(verdict, book);
  CHECK(beat.salud == "degradada");
  CHECK(beat.reasons.size() <= 400);
  REQUIRE(beat.failed.size() == 40);
  CHECK(beat.failed.front() == day);
  REQUIRE(beat.held.size() == 400);
  CHECK(beat.held.back() == day + std::chrono::days(599));
  CHECK(heartbeat_of({Health::ok, {}}, book).salud == "ok");
  const HealthVerdict late{Health::failing, {"vps: 3 ended days pending", "paused: a restore"}};
  CHECK(heartbeat_of(late, book, {}, true).reasons ==
        "pausada; paused: a restore; vps: 3 ended days pending");
  CHECK(heartbeat_of({Health::failing, {}}, book).salud == "fallando");
}

TEST_CASE("a day is known when somebody has it, waits for it, or failed with it") {
  DayInfo info;
  info.targets.resize(2);
  CHECK_FALSE(is_known(info));
  info.targets[1].pending = true;
  CHECK(is_known(info));
  info.targets[1].pending = false;
  info.held = "rows would go";
  CHECK(is_known(info));
}
