// SPDX-License-Identifier: MIT
#include "daemon/lanes/availability.hpp"

#include <algorithm>

#include "daemon/lanes/day_retries.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/logged.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
using test::logged;

namespace {

const BackoffPolicy policy{100s, 400s};
const Error refused(ErrorClass::transient, ErrorCause::link, "connection refused");
const Error deadlock(ErrorClass::transient, ErrorCause::server, "deadlock");
const Date day = parse_date("2026-01-05");

/// The longest wait of 400 series after failure 1, 2, 3...: with full jitter, close to the ceiling.
template <typename Series, typename Fail>
std::vector<std::chrono::seconds> longest_waits(Fail fail) {
  std::vector<std::chrono::seconds> longest(6);
  for (int i = 0; i < 400; ++i) {
    Series series("vps", policy);
    for (auto& most : longest) {
      const auto before = SteadyClock::now();
      const auto wait = fail(series) - before;
      most = std::max(most, std::chrono::round<std::chrono::seconds>(wait));
    }
  }
  return longest;
}

bool double_up_to_the_cap(const std::vector<std::chrono::seconds>& waits) {
  const auto close_to = [](auto wait, auto ceiling) {
    return wait > ceiling * 8 / 10 && wait <= ceiling + 9s;
  };
  return close_to(waits[0], 100s) && close_to(waits[1], 200s) && close_to(waits[2], 400s) &&
         close_to(waits[3], 400s) && close_to(waits[5], 400s);
}

std::ptrdiff_t lines_with(const std::string& text, const std::string& part) {
  std::ptrdiff_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a link, rights, schema, a node out of its cluster and a full server concern all days") {
  using enum ErrorCause;
  for (const auto cause : {link, deadline, rights, schema, configuration})
    CHECK(concerns_whole_database(Error(ErrorClass::transient, cause, "")));
  for (const auto cause : {server, data, audit, internal})
    CHECK_FALSE(concerns_whole_database(Error(ErrorClass::transient, cause, "")));
  for (const unsigned node :
       {1047u, 1180u, 1290u, 1836u, 1021u, 1026u, 1030u, 1040u, 1114u, 1203u, 1226u})
    CHECK(concerns_whole_database(Error(ErrorClass::transient, server, "", node)));
  for (const unsigned day_alone : {1213u, 1205u, 1317u})
    CHECK_FALSE(concerns_whole_database(Error(ErrorClass::transient, server, "", day_alone)));
}

TEST_CASE("a database is down until its first success, and again from each failure on") {
  Availability database("vps", policy);
  const auto now = std::chrono::system_clock::now();
  CHECK_FALSE(database.up());
  CHECK_FALSE(database.down_since());
  CHECK(database.succeeded(now));
  CHECK(database.recoveries() == 0);
  database.failed(refused, now + 1s);
  database.failed(refused, now + 2s);
  CHECK_FALSE(database.up());
  CHECK(database.down_since() == now + 1s);
  CHECK(database.failures() == 2);
  CHECK(database.last_error() == "connection refused");
  CHECK(database.succeeded(now + 3s));
  CHECK_FALSE(database.succeeded(now + 4s));
  CHECK(database.up());
  CHECK(database.recoveries() == 1);
  CHECK(database.failures() == 0);
  CHECK(database.retry_at() == SteadyClock::time_point{});
  CHECK(database.last_success() == now + 4s);
}

TEST_CASE("the waits for a dead database double up to the cap, are spread, and start again") {
  const auto waits = longest_waits<Availability>([](Availability& database) {
    database.failed(refused, std::chrono::system_clock::now());
    return database.retry_at();
  });
  CHECK(double_up_to_the_cap(waits));
  Availability database("vps", policy);
  for (int i = 0; i < 5; ++i) database.failed(refused, {});
  database.succeeded({});
  database.failed(refused, {});
  CHECK(database.retry_at() <= SteadyClock::now() + 101s);
}

TEST_CASE("each day that is tried again has waits of its own, which end when it is settled") {
  const auto waits =
      longest_waits<DayRetries>([](DayRetries& target) { return target.failed(day, deadlock); });
  CHECK(double_up_to_the_cap(waits));
  DayRetries retries("vps", policy);
  retries.failed(day, deadlock);
  retries.failed(day, deadlock);
  CHECK(retries.failures(day) == 2);
  CHECK(retries.failures(day + std::chrono::days(1)) == 0);
  retries.settled(day);
  CHECK(retries.failures(day) == 0);
}

TEST_CASE("the log says a failure that repeats once, and how long it lasted when it is over") {
  const auto text = logged([] {
    Availability database("vps", policy);
    const auto now = std::chrono::system_clock::now();
    for (int i = 0; i < 50; ++i) database.failed(refused, now + i * 1min);
    database.failed(refused, now + 61min);
    database.succeeded(now + 125min);
    DayRetries retries("vps", policy);
    for (int i = 0; i < 50; ++i) retries.failed(day, deadlock);
  });
  CHECK(lines_with(text, "connection refused") == 2);
  CHECK(lines_with(text, "51 attempts): connection refused") == 1);
  CHECK(lines_with(text, "vps is back after 2 h 05 min and 51 attempts") == 1);
  CHECK(lines_with(text, "2026-01-05 vps: deadlock") == 1);
}

TEST_CASE("a day that failed before a restart counts on from there, until it is settled") {
  const auto before = std::chrono::system_clock::now() - 5h;
  const Date other = day + std::chrono::days(1);
  DayRetries retries("vps", policy);
  retries.remember({{day, before}, {other, before}});
  CHECK(retries.days().empty());  // it has not failed here
  retries.failed(day, deadlock);
  REQUIRE(retries.find(day));
  CHECK(retries.find(day)->since == before);
  CHECK(retries.since() == DayRetries::Since{{day, before}, {other, before}});
  retries.settled(day);
  retries.settled(other);
  CHECK(retries.since().empty());
  retries.failed(day, deadlock);
  CHECK(retries.find(day)->since > before);
}

TEST_CASE("what was confirmed is as recent as the answer before it, and as the one after it") {
  Availability database("vps", policy);
  const auto now = std::chrono::system_clock::now();
  database.succeeded(now);
  database.answered(now + 1s);
  CHECK(database.last_success() == now);  // an answer alone is none
  database.confirmed();
  CHECK(database.last_success() == now + 1s);
  database.answered(now + 14s);
  CHECK(database.last_success() == now + 14s);
  database.answered(now + 15s);
  CHECK(database.last_success() == now + 14s);
  database.confirmed();
  database.failed(refused, now + 16s);
  database.answered(now + 17s);
  CHECK(database.last_success() == now + 15s);
}
