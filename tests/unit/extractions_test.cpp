// SPDX-License-Identifier: MIT
#include "daemon/lanes/extractions.hpp"

#include <boost/asio/detached.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/loop_test.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date day = parse_date("2026-01-10");

std::shared_ptr<Source> alias(Source& source) {
  return {std::shared_ptr<void>(), &source};
}

struct Bench {
  Bench() { source.set_day(day, {row("a", "1", "10")}); }

  Task<Extraction> get(SteadyClock::time_point since = {}) {
    return extractions.get(day, since, DayAge::current);
  }

  asio::io_context loop{1};
  Steps steps, other_steps;
  FakeSource source{steps};
  FakeSource other{other_steps};
  ExtractionOptions options{branch_id, {}, 10s, {1h, 1h}, 2, {1, 100, 0}};
  Holdings holdings{branch_id, {}, [] { return day; }};
  Extractions extractions{loop, options, alias(source), holdings};
};

/// A lane that wants every day, or none.
struct Taker : ExtractionTaker {
  bool wants(const DayAtHand&) const override { return keen; }
  bool keen = true;
};

constexpr std::size_t steps_of_one = 5;  // snapshot, first row, last row, audit, that of tomorrow

}  // namespace

TEST_CASE("targets that ask at the same time, or one after the other, share one extraction") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    std::vector<Extraction> got;
    for (int i = 0; i < 2; ++i)
      asio::co_spawn(
          b.loop,
          [](Bench& one, std::vector<Extraction>& all) -> Task<> {
            all.push_back(co_await one.get());
          }(b, got),
          asio::detached);
    co_await until(b.loop, [&] { return got.size() == 2; });
    got.push_back(co_await b.get());
    require(got[0].day && got[0].day == got[1].day && got[0].day == got[2].day, "not shared");
    require(b.steps.count() == steps_of_one, "the POS was asked more than once");
  });
}

TEST_CASE("an extraction that began before it was asked for does not do") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    co_await b.get();
    b.source.set_day(day, {row("a", "1", "10"), row("b", "1", "5")});
    const auto fresh = co_await b.get(SteadyClock::now());
    require(fresh.day->totals.filas == 2, "an old extraction");
  });
}

TEST_CASE("while the POS is down everybody gets its error, and it is not asked again and again") {
  Bench bench;
  bench.steps.always_fail(true);
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    for (int i = 0; i < 5; ++i) {
      const auto failed = co_await b.get(SteadyClock::now());
      require(failed.error && failed.error->cause() == ErrorCause::link, "no error");
    }
    require(b.steps.count() == 1, "asked before its time");
    require(!b.extractions.availability().up(), "up");
    b.steps.always_fail(false);
    b.extractions.forget_wait();
    require((co_await b.get()).day != nullptr, "not asked when told to");
    require(b.extractions.availability().up(), "down");
  });
}

TEST_CASE("an error of one day's rows does not make the POS unavailable") {
  Bench bench;
  bench.source.days[day][0][1] = "";
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    require((co_await b.get()).error.has_value(), "an empty Upc was accepted");
    require(b.extractions.availability().up(), "down");
  });
}

TEST_CASE("after a reload nobody gets what another POS has sold, not even of one under way") {
  Bench bench;
  bench.other.set_day(day, {row("z", "9", "99")});
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    std::optional<Extraction> got;
    asio::co_spawn(
        b.loop,
        [](Bench& one, std::optional<Extraction>& into) -> Task<> { into = co_await one.get(); }(
                                                            b, got),
        asio::detached);
    co_await until(b.loop, [&] { return b.extractions.workers()[0].busy(); });
    b.extractions.replace(b.options, alias(b.other));
    co_await until(b.loop, [&] { return got.has_value(); });
    require(got->day->totals.venta.to_string() == "99.0000", "the old POS");
    require((co_await b.get()).day == got->day, "not kept");
  });
}

TEST_CASE("a lane is ahead while another still wants all the days that are kept") {
  Bench bench;
  Taker fast, slow;
  bench.extractions.sign_on(fast);
  bench.extractions.sign_on(slow);
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    for (std::size_t i = 0; i < Extractions::recent_limit; ++i)
      co_await b.extractions.get(day - std::chrono::days(i), {}, DayAge::old);
  });
  CHECK(bench.extractions.at_hand().size() == Extractions::recent_limit);
  CHECK(bench.extractions.others_behind(fast));
  slow.keen = false;
  CHECK_FALSE(bench.extractions.others_behind(fast));
  slow.keen = true;
  bench.extractions.sign_off(slow);  // its own wish holds nobody up
  CHECK_FALSE(bench.extractions.others_behind(fast));
}

TEST_CASE("a lane is not ahead as long as less is kept than there is room for") {
  Bench bench;
  Taker fast, slow;
  bench.extractions.sign_on(slow);
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> { co_await b.get(); });
  CHECK_FALSE(bench.extractions.others_behind(fast));
}
