// SPDX-License-Identifier: MIT
#include "lib/report/health.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
using test::contains;

namespace {

const Date today = parse_date("2026-01-10");

HealthInput input() {
  HealthInput in;
  in.now = today + 12h;
  in.started = today + 6h;
  in.today = today;
  for (const char* name : {"operational", "local", "vps"})
    in.places.push_back({name, in.now - 1min, "", false, 0, {}});
  return in;
}

}  // namespace

TEST_CASE("recent successes everywhere are health without reasons") {
  CHECK(judge(input()) == HealthVerdict{});
}

TEST_CASE("a place without success grows from ok over degraded to failing") {
  const struct {
    std::chrono::seconds age;
    Health health;
    const char* reason;
  } cases[] = {{29min, Health::ok, ""},
               {30min, Health::degraded, "vps: no success for 30 min: refused"},
               {23h, Health::degraded, "23 h 00 min"},
               {24h, Health::failing, "1 d 00 h"},
               {96h, Health::failing, "4 d 00 h"}};
  for (const auto& c : cases) {
    auto in = input();
    in.places[2].last_success = in.now - c.age;
    in.places[2].error = "refused";
    const auto verdict = judge(in);
    CHECK(verdict.health == c.health);
    if (*c.reason) CHECK_THAT(verdict.reasons.at(0), contains(c.reason));
  }
}

TEST_CASE("days in ERROR fail as days that are tried again do, once they are that old") {
  auto in = input();
  in.failed_days = 1;
  in.first_failure = "2026-01-10: Upc is empty";
  in.failed_since = in.now - 23h;
  CHECK(judge(in).health == Health::degraded);
  in.failed_since = in.now - 24h;
  CHECK(judge(in).health == Health::failing);
}

TEST_CASE("a place that never succeeded is as old as it is known, over restarts") {
  auto in = input();
  in.places[1].last_success.reset();
  CHECK(judge(in).health == Health::degraded);
  in.started = in.now - 10min;
  CHECK(judge(in).health == Health::ok);
  in.started = in.now - 25h;
  CHECK(judge(in).health == Health::failing);
  in.started = in.now - 12s;
  in.places[1].first_seen = in.now - 72h;
  const auto verdict = judge(in);
  CHECK(verdict.health == Health::failing);
  CHECK(verdict.reasons == std::vector<std::string>{"local: no success for 3 d 00 h"});
}

TEST_CASE("nothing is ok before its first success in this process, nor starting for ever") {
  auto in = input();
  in.starting_for = 10min;
  in.started = in.now - 9min;
  in.places[2].seen = false;
  auto verdict = judge(in);
  CHECK(verdict.health == Health::starting);
  CHECK(verdict.reasons == std::vector<std::string>{"vps: no day has got through since the start"});
  in.started = in.now - 10min;
  CHECK(judge(in).health == Health::degraded);
  in.places[2].last_success = in.now - 72h;  // as a former process has seen it
  in.started = in.now - 1min;
  verdict = judge(in);
  CHECK(verdict.health == Health::failing);
  CHECK(verdict.reasons == std::vector<std::string>{"vps: no success for 3 d 00 h"});
}

TEST_CASE("rows of a day to come that no ledger knows degrade") {
  auto in = input();
  in.places[2].rows_to_come = today + std::chrono::days(40);
  const auto verdict = judge(in);
  CHECK(verdict.health == Health::degraded);
  CHECK_THAT(verdict.reasons.at(0),
             contains("vps: rows of " + to_string(*in.places[2].rows_to_come)));
}

TEST_CASE("a ledger that somebody else writes again and again, and a state folder, degrade") {
  auto in = input();
  in.places[2].overwritten = 2;
  CHECK(judge(in).health == Health::ok);
  in.places[2].overwritten = 3;
  in.state_problem = "/state: no room";
  const auto verdict = judge(in);
  CHECK(verdict.health == Health::degraded);
  CHECK_THAT(verdict.reasons.at(0),
             contains("vps: somebody else has written") && contains("3 times"));
  CHECK(verdict.reasons.at(1) == "/state: no room");
}

TEST_CASE("a day that is tried again for long degrades, then fails, with its error") {
  auto in = input();
  in.places[2].retried = {{today, in.now - 29min, "lock wait"}};
  CHECK(judge(in).health == Health::ok);
  in.places[2].retried[0].since = in.now - 45min;
  CHECK(judge(in).reasons == std::vector<std::string>{"today not in vps for 45 min: lock wait"});
  in.places[2].retried.push_back({today - std::chrono::days(1), in.now - 25h, "deadlock"});
  const auto verdict = judge(in);
  CHECK(verdict.health == Health::failing);
  CHECK(verdict.reasons.at(0) == "2026-01-09 not in vps for 1 d 01 h (and 1 more): deadlock");
}

TEST_CASE("a pause and a dry run degrade; what is paused is not judged by its age") {
  auto in = input();
  in.dry_run = true;
  CHECK(judge(in).reasons == std::vector<std::string>{"dry run: nothing is written"});
  in.dry_run = false;
  in.paused = true;
  in.pause_reason = "the VPS is restored";
  in.places[2].last_success = in.now - 72h;
  const auto verdict = judge(in);
  CHECK(verdict.health == Health::degraded);
  CHECK(verdict.reasons == std::vector<std::string>{"paused: the VPS is restored"});
}

TEST_CASE("ended days that are missing degrade, and fail when they are missing for long") {
  auto in = input();
  in.places[2].late_days = 1;
  in.places[2].oldest_late = today - std::chrono::days(1);
  CHECK(judge(in).health == Health::degraded);
  CHECK_THAT(judge(in).reasons.at(0), contains("vps: 1 ended day pending, the oldest 2026-01-09"));
  in.places[2].oldest_late = today - std::chrono::days(400);  // found a moment ago
  CHECK(judge(in).health == Health::degraded);
  in.places[2].late_since = in.now - 24h;
  CHECK(judge(in).health == Health::failing);
  in.paused = true;
  CHECK(judge(in).health == Health::degraded);
}

TEST_CASE("without the source no day gets through to a target: that is told of the source alone") {
  auto in = input();
  in.places[0].is_source = true;
  for (PlaceStatus& place : in.places) place.last_success = in.now - 72h;
  in.places[0].error = "operational is down";
  REQUIRE(judge(in).reasons.size() == 1);
  CHECK_THAT(judge(in).reasons[0], contains("operational: no success for 3 d"));
  in.places[2].error = "vps is down";  // has a reason of its own
  CHECK(judge(in).reasons.size() == 2);
}

TEST_CASE("a target that takes no heartbeat is told: at once where a person has to act") {
  auto in = input();
  in.places[2].silence = Silence{in.now - 1min, "lock wait timeout", true};
  CHECK(judge(in).health == Health::ok);
  in.places[2].silence->passes = false;
  CHECK_THAT(judge(in).reasons.at(0),
             contains("vps: it takes no heartbeat for 1 min") && contains("lock wait timeout"));
  in.places[2].silence = Silence{in.now - in.degraded_after, "lock wait timeout", true};
  CHECK(judge(in).health == Health::degraded);
}

TEST_CASE("days in ERROR and a refused configuration degrade, and say which") {
  auto in = input();
  in.failed_days = 2;
  in.first_failure = "2026-01-05: row 3: Upc is empty";
  in.configuration_error = "x.yaml:3: wrong";
  const auto verdict = judge(in);
  CHECK(verdict.health == Health::degraded);
  CHECK_THAT(verdict.reasons.at(0), contains("2 days in ERROR, such as 2026-01-05: row 3"));
  CHECK_THAT(verdict.reasons.at(1), contains("x.yaml:3"));
}

TEST_CASE("held days degrade, and say which, why and what to do") {
  const std::string first =
      "2026-01-05: 15 of 40 rows in local would go; if it is meant: consolidadorctl approve";
  const struct {
    std::size_t days;
    Health health;
    std::vector<std::string> reasons;
  } cases[] = {
      {0, Health::ok, {}},
      {1, Health::degraded, {"1 day is held, such as " + first}},
      {2, Health::degraded, {"2 days are held, such as " + first}},
  };
  for (const auto& c : cases) {
    auto in = input();
    in.held_days = c.days;
    in.first_hold = first;
    CHECK(judge(in) == HealthVerdict{c.health, c.reasons});
  }
}

TEST_CASE("held days do not hide what is worse, nor days in ERROR") {
  auto in = input();
  in.held_days = in.failed_days = 1;
  in.places[2].last_success = in.now - 48h;
  const auto verdict = judge(in);
  CHECK(verdict.health == Health::failing);
  REQUIRE(verdict.reasons.size() == 3);
  CHECK_THAT(verdict.reasons[0], contains("vps: no success"));
  CHECK_THAT(verdict.reasons[1], contains("in ERROR"));
  CHECK_THAT(verdict.reasons[2], contains("1 day is held"));
}

TEST_CASE("the worst reason comes first") {
  auto in = input();
  in.failed_days = 1;
  in.places[2].last_success = in.now - 48h;
  CHECK_THAT(judge(in).reasons.at(0), contains("vps"));
}

TEST_CASE("a clock that was set back does not make a place old or young beyond reason") {
  auto in = input();
  in.places[0].last_success = in.now + 3h;
  CHECK(judge(in).health == Health::ok);
}

TEST_CASE("old days that nobody has verified for a week are a reason, with what keeps them back") {
  auto in = input();
  in.places[2].verified = in.now - 168h + 1s;
  CHECK(judge(in) == HealthVerdict{});
  in.places[2].verified = in.now - 168h;
  in.history_wait = "the POS is busy";
  CHECK(judge(in) == HealthVerdict{Health::degraded,
                                   {"vps: no old day verified for 7 d 00 h: the POS is busy"}});
  in.started = in.now - 59min;  // their turn is still to come
  CHECK(judge(in).health == Health::ok);
  in.started = in.now - 1h;
  in.paused = true;
  CHECK(judge(in).reasons.size() == 1);
}
