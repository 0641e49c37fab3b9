// SPDX-License-Identifier: MIT
#include "daemon/lanes/recovery.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date day = parse_date("2026-01-05");
const Error cut(ErrorClass::transient, ErrorCause::link, "the link broke");
const DayTask task{day, Priority::historical};

struct Told : LaneListener {
  void day_done(const DayReport&) override {}
  void day_retried(const DayReport&) override {}
  void day_dropped(const std::string&, Date) override {}
  void lane_up(const std::string&) override { ++ups; }
  void lane_down(const std::string&) override { ++downs; }
  void ledger_read(const std::string&) override {}
  void rejected_read(const std::map<Date, Rejections>&) override {}
  void least_verified(const std::string&, std::vector<Date>) override {}
  int ups = 0, downs = 0;
};

struct Bench {
  Bench() {
    holdings.set_target("vps", alias());
    recovery.answered();
    holdings.ledger_read("vps", {{day, {}, day + 30h, 3}});
  }
  std::shared_ptr<Target> alias() { return {std::shared_ptr<void>(), &target}; }
  static DayReport brought() {
    DayReport done;
    done.task = {day, Priority::today};
    done.outcome.emplace().action = DayAction::changed;
    return done;
  }

  asio::io_context loop{1};
  Steps steps;
  FakeTarget target{"vps", steps};
  Told told;
  Holdings holdings{branch_id, {}, [] { return day; }};
  Wakeup changed{loop};
  LaneOptions options{1, 10s, {1h, 1h}, false, {}};
  ConfirmedDays confirmed;
  Errands errands{"vps", options, alias(), holdings, told, changed};
  Recovery recovery{"vps", options, {errands, confirmed, holdings, told, changed}};
};

}  // namespace

TEST_CASE("a target that goes down is told once, and nothing that it held is believed any more") {
  Bench bench;
  const auto content = std::make_shared<const ExtractedDay>(extracted_day(day, {}));
  bench.confirmed.keep_outcome(Bench::brought(), content);
  REQUIRE(bench.confirmed.find(day));
  REQUIRE(bench.holdings.is_known("vps"));
  bench.recovery.failed(cut);
  bench.recovery.failed(cut);
  CHECK(bench.told.downs == 1);
  CHECK_FALSE(bench.recovery.up());
  CHECK_FALSE(bench.confirmed.find(day));
  CHECK_FALSE(bench.holdings.is_known("vps"));
}

TEST_CASE("a target that is back is told once, and its ledger is wanted") {
  Bench bench;
  bench.recovery.failed(cut);
  bench.recovery.answered();
  bench.recovery.answered();
  CHECK(bench.told.ups == 2);  // it came up for the first time before
  CHECK(bench.errands.waiting());
}

TEST_CASE("the day that took a target down tests it until one gets through, or it is another") {
  Bench bench;
  bench.recovery.failed(cut, task);
  bench.recovery.failed(cut);  // what failed since was no day
  REQUIRE(bench.recovery.test_day());
  CHECK(bench.recovery.test_day()->date == day);
  bench.recovery.succeeded(SteadyClock::now());
  CHECK_FALSE(bench.recovery.test_day());
  CHECK(bench.recovery.up());
  bench.recovery.failed(cut, task);
  bench.recovery.replace(bench.options);
  CHECK_FALSE(bench.recovery.test_day());
}

TEST_CASE("a day that began before the last failure does not bring a target back") {
  Bench bench;
  const auto start = SteadyClock::now() - 1s;
  bench.recovery.failed(cut, task);
  bench.recovery.succeeded(start);
  CHECK_FALSE(bench.recovery.up());
  CHECK(bench.recovery.test_day());
}
