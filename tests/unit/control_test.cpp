// SPDX-License-Identifier: MIT
#include "daemon/service/control.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

const Date today = parse_date("2026-01-05");

template <typename Enum>
std::set<std::string_view> words(std::initializer_list<Enum> values) {
  std::set<std::string_view> words;
  for (const Enum value : values) words.insert(to_string(value));
  return words;
}

}  // namespace

TEST_CASE("each kind and state of a request and of the daemon has a word of its own") {
  using enum RequestKind;
  CHECK(words({sync, backfill, reprocess, audit, approve, restore}) ==
        std::set<std::string_view>{"sync", "backfill", "reprocess", "audit", "approve", "restore"});
  CHECK(words({RequestState::running, RequestState::done, RequestState::failed,
               RequestState::cancelled}) ==
        std::set<std::string_view>{"running", "done", "failed", "cancelled"});
  CHECK(words({DaemonState::starting, DaemonState::idle, DaemonState::syncing, DaemonState::paused,
               DaemonState::stopping}) ==
        std::set<std::string_view>{"starting", "idle", "syncing", "paused", "stopping"});
}

TEST_CASE("a request reaches from a hundred years ago to today") {
  CHECK_NOTHROW(check_reach({today - farthest_back, today}, today));
  CHECK_THROWS_AS(check_reach({today, today + std::chrono::days(1)}, today), RequestRefused);
  CHECK_THROWS_AS(check_reach({today - farthest_back - std::chrono::days(1), today}, today),
                  RequestRefused);
}

TEST_CASE("a day is known by its trouble, or by a target that has it or waits for it") {
  DayInfo day;
  day.targets.resize(2);
  CHECK_FALSE(is_known(day));
  SECTION("in ERROR") {
    day.error = "refused";
  }
  SECTION("held") {
    day.held = "rows would go";
  }
  SECTION("with rejected rows") {
    day.rejected.rows = 1;
  }
  SECTION("recorded") {
    day.targets[1].ledger.emplace();
  }
  SECTION("pending") {
    day.targets[1].pending = true;
  }
  CHECK(is_known(day));
}
