// SPDX-License-Identifier: MIT
#include "daemon/lanes/lane.hpp"

#include <boost/asio/detached.hpp>
#include <latch>

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/loop_test.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date first = parse_date("2026-01-01");

Date day(int number) {
  return first + std::chrono::days(number);
}

template <typename Port>
std::shared_ptr<Port> alias(Port& port) {
  return {std::shared_ptr<void>(), &port};
}

class Recorder : public LaneListener {
 public:
  void day_done(const DayReport& report) override {
    if (holdings && report.outcome && report.outcome->recorded)
      holdings->note_written(report.target,
                             ledger_after(nullptr, *report.outcome, report.task.date, {}));
    done.push_back(report);
  }
  void day_retried(const DayReport& report) override { retried.push_back(report); }
  void day_dropped(const std::string&, Date date) override { dropped.push_back(date); }
  void lane_up(const std::string&) override { ++ups; }
  void lane_down(const std::string&) override { ++downs; }
  void ledger_read(const std::string&) override { ++ledgers; }
  void rejected_read(const std::map<Date, Rejections>&) override {}
  void least_verified(const std::string&, std::vector<Date> days) override { oldest = days; }

  Holdings* holdings = nullptr;  ///< learns what was written
  std::vector<DayReport> done, retried;
  std::vector<Date> dropped;
  int ups = 0;
  int downs = 0;
  int ledgers = 0;
  std::optional<std::vector<Date>> oldest;
};

/// The lane of another target, which still wants every day, or none.
struct OtherLane : ExtractionTaker {
  bool wants(const DayAtHand&) const override { return keen; }
  bool keen = false;
};

/// One lane with fake databases; each day sells one row.
struct Bench {
  Bench() {
    for (int i = 0; i < 30; ++i) source.set_day(day(i), {row("a", "1", "10")});
    extractions.sign_on(other_lane);
    listener.holdings = &holdings;
  }

  void run(Task<> (*script)(Bench&)) {
    for (std::size_t i = 0; i < lane.workers().size(); ++i)
      asio::co_spawn(loop, lane.work(i), asio::detached);
    run_on_loop<Bench>(loop, *this, script);
    lane.stop();
    loop.restart();
    loop.run();
    CHECK(lane.ended());
  }

  Task<> until(std::function<bool()> condition) { return test::until(loop, std::move(condition)); }
  void add(int number, Priority priority, TaskKind kind = TaskKind::sync) {
    lane.add({day(number), priority, kind, {}});
  }

  /// A day of the window, as a cycle does it, or because a person has asked for a `look`.
  Task<> bring(int number, bool look = false) {
    const auto end = listener.done.size() + 1;
    lane.add({day(number), Priority::window, TaskKind::sync, {}, "", look});
    co_await until([this, end] { return listener.done.size() == end; });
  }

  asio::io_context loop{1};
  Steps source_steps, steps, other_steps;
  FakeSource source{source_steps};
  FakeTarget target{"vps", steps};
  FakeTarget other{"vps", other_steps};
  Recorder listener;
  Date today = day(29);
  Holdings holdings{branch_id, {}, [this] { return today; }};
  Extractions extractions{
      loop, {branch_id, {}, 10s, {1ms, 2ms}, 1, {1, 100, 0}}, alias<Source>(source), holdings};
  OtherLane other_lane;
  LaneOptions options{1, 10s, {1h, 1h}, false, {"this", "pc"}};
  Lane lane{loop, "vps", options, alias<Target>(target), extractions, holdings, listener};
};

}  // namespace

TEST_CASE("days are brought by priority, the newest first") {
  Bench bench;
  for (const int number : {1, 5, 3}) bench.add(number, Priority::historical);
  bench.add(2, Priority::window);
  bench.add(9, Priority::today);
  bench.run(
      [](Bench& b) -> Task<> { co_await b.until([&b] { return b.listener.done.size() == 5; }); });
  std::vector<Date> order;
  for (const auto& report : bench.listener.done) order.push_back(report.task.date);
  CHECK(order == std::vector<Date>{day(9), day(2), day(5), day(3), day(1)});
  CHECK(bench.target.days.size() == 5);
}

TEST_CASE("while a target is down one cheap question is asked, not one for each day") {
  Bench bench;
  bench.steps.always_fail(true);
  for (int i = 0; i < 20; ++i) bench.add(i, Priority::historical);
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().failures() == 1; });
    for (int i = 0; i < 1000; ++i) co_await asio::post(b.loop, asio::use_awaitable);
    require(b.steps.count() == 1, "asked before its time");
    require(b.source_steps.count() == 0, "extracted for a dead target");
    b.lane.retry_now();
    co_await b.until([&b] { return b.lane.availability().failures() == 2; });
    require(b.steps.count() == 2, "not one question");
    b.steps.always_fail(false);
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 20; });
  });
  CHECK(bench.listener.ups == 1);
  CHECK(bench.target.days.size() == 20);
}

TEST_CASE("of many workers one asks whether the target is back") {
  Bench bench;
  bench.options.workers = 4;
  bench.lane.replace(bench.options, alias<Target>(bench.target));
  bench.steps.always_fail(true);
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().failures() == 1; });
    for (int i = 0; i < 1000; ++i) co_await asio::post(b.loop, asio::use_awaitable);
    require(b.steps.count() == 1, "asked by many");
  });
}

TEST_CASE("nothing is taken as known of a target that was down: it may come from a backup") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    b.add(1, Priority::window);
    co_await b.until([&b] { return b.listener.done.size() == 1; });
    b.steps.always_fail(true);
    b.lane.errands().read_ledger();
    co_await b.until([&b] { return b.listener.downs == 1; });
    b.target.days.clear();
    b.steps.always_fail(false);
    b.lane.retry_now();
    b.add(1, Priority::window);
    co_await b.until([&b] { return b.listener.done.size() == 2; });
  });
  CHECK(bench.target.days.contains(day(1)));
}

TEST_CASE("a day whose target goes down under it comes again when the target is back") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.target.refuse_writing({ErrorClass::in_doubt, ErrorCause::link, "lost while writing"});
    b.add(1, Priority::historical);
    co_await b.until([&b] { return b.listener.downs == 1; });
    b.target.accept_writing();
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 1; });
  });
}

TEST_CASE("of a line that drops under a day only a day proves that it is back") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.target.refuse_writing({ErrorClass::in_doubt, ErrorCause::link, "lost while writing"});
    b.add(1, Priority::today);
    for (unsigned tries = 1; tries < 5; ++tries) {
      co_await b.until([&b, tries] { return b.lane.availability().failures() >= tries; });
      b.lane.retry_now();  // the cheap question is answered, but proves nothing
    }
    require(b.listener.ups == 1 && !b.lane.availability().has_succeeded(), "said to be up");
    b.target.accept_writing();
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 1; });
    require(b.lane.availability().has_succeeded(), "no success");
  });
  CHECK(bench.listener.downs == 1);
  CHECK(bench.listener.ups == 2);
}

TEST_CASE("a day that never gets through does not keep the more urgent ones away") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.target.refuse_writing({ErrorClass::in_doubt, ErrorCause::link, "lost while writing"}, day(1));
    b.add(1, Priority::historical);
    co_await b.until([&b] { return b.listener.downs == 1; });
    b.add(2, Priority::today);
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 1; });
  });
  CHECK(bench.listener.done[0].task.date == day(2));
  CHECK(bench.lane.days().contains(day(1)));
}

TEST_CASE("a paused lane proves a target by the cheap question, and brings it nothing") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.target.refuse_writing({ErrorClass::in_doubt, ErrorCause::link, "lost while writing"});
    b.add(1, Priority::today);
    co_await b.until([&b] { return b.listener.downs == 1; });
    b.lane.pause("paused");
    b.target.accept_writing();
    b.lane.retry_now();
    co_await b.until([&b] { return b.lane.availability().up(); });
    require(b.listener.done.empty(), "brought a day");
    b.lane.pause(std::nullopt);
    co_await b.until([&b] { return b.listener.done.size() == 1; });
  });
}

TEST_CASE("a missing right takes the target down, and the day that showed it proves it is back") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.target.refuse_writing({ErrorClass::permanent, ErrorCause::rights, "INSERT denied"});
    b.add(1, Priority::today);
    b.add(2, Priority::historical);
    co_await b.until([&b] { return !b.lane.availability().up(); });
    for (unsigned tries = 2; tries < 5; ++tries) {
      b.lane.retry_now();  // the cheap question is answered, but proves nothing
      co_await b.until([&b, tries] { return b.lane.availability().failures() >= tries; });
    }
    require(b.listener.done.empty() && b.listener.ups == 1, "said to be up");
    Heartbeat beat;
    beat.salud = "fallando";
    b.lane.errands().beat(beat);
    b.lane.retry_now();  // it answers, so that head office can be told
    co_await b.until([&b] { return b.lane.availability().failures() >= 5; });
    require(b.target.told_health() == "fallando", "no heartbeat");
    b.target.accept_writing();
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 2; });
  });
  CHECK(bench.listener.ups == 2);
  CHECK(bench.listener.downs == 1);
}

TEST_CASE("a day's own passing failure neither takes the target down nor holds the others up") {
  Bench bench;
  bench.options.backoff = {1ms, 2ms};
  bench.lane.replace(bench.options, alias<Target>(bench.target));
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.target.refuse_writing({ErrorClass::transient, ErrorCause::server, "deadlock"}, day(3));
    for (const int number : {3, 2, 1}) b.add(number, Priority::window);
    co_await b.until([&b] { return b.listener.done.size() == 2 && b.target.refusals >= 5; });
    require(b.lane.availability().up(), "taken down");
    require(b.lane.retries().find(day(3)).value().error == "deadlock", "not known as tried again");
    require(!b.listener.retried.empty(), "not told");
    b.target.accept_writing();
    co_await b.until([&b] { return b.listener.done.size() == 3; });
  });
  CHECK(bench.listener.done.back().attempts >= 6);
  CHECK(bench.lane.retries().days().empty());
  CHECK(bench.listener.downs == 0);
}

TEST_CASE("a right that one day alone lacks takes nothing down once others got through") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.target.refuse_writing({ErrorClass::permanent, ErrorCause::rights, "EXECUTE denied"}, day(1));
    b.add(1, Priority::historical);
    co_await b.until([&b] { return b.listener.downs == 1; });
    b.add(2, Priority::today);  // more urgent: it proves the target back
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 1; });
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 2; });
    require(b.lane.retries().days().empty(), "still tried again by itself");
    b.add(1, Priority::historical);
    co_await b.until([&b] { return b.listener.done.size() == 3; });
    require(b.lane.availability().up(), "taken down again");
    b.target.accept_writing();
    b.add(1, Priority::historical);
    co_await b.until([&b] { return b.listener.done.size() == 4; });
    require(!b.listener.done[3].error, "does not get through");
  });
  CHECK(bench.listener.done[1].error->what() == std::string("EXECUTE denied"));
  CHECK(bench.listener.done[2].error->what() == std::string("EXECUTE denied"));
  CHECK(bench.listener.downs == 1);
}

TEST_CASE("a permanent failure of a day is reported once and the day is let go") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    b.target.refuse_writing({ErrorClass::permanent, ErrorCause::data, "out of range"});
    b.add(1, Priority::window);
    co_await b.until([&b] { return b.listener.done.size() == 1; });
    require(!b.lane.days().contains(day(1)), "still there");
  });
  CHECK(bench.listener.done[0].error->what() == std::string("out of range"));
  CHECK(bench.target.refusals == 1);
}

TEST_CASE("a paused lane takes no days but still watches its target") {
  Bench bench;
  bench.lane.pause("paused");
  bench.add(1, Priority::today);
  bench.run([](Bench& b) -> Task<> {
    for (int i = 0; i < 2; ++i) {  // between the two, a day would be taken
      b.lane.errands().read_ledger();
      co_await b.until([&b] { return std::exchange(b.listener.ledgers, 0) > 0; });
    }
    require(b.listener.done.empty(), "a day was brought");
    b.lane.pause(std::nullopt);
    co_await b.until([&b] { return b.listener.done.size() == 1; });
  });
}

TEST_CASE("old days wait until the POS may be read, and today's sales do not") {
  Bench bench;
  bench.extractions.gate().shut(true);
  bench.run([](Bench& b) -> Task<> {
    b.add(1, Priority::historical);
    b.add(2, Priority::verification);
    b.add(3, Priority::today);
    b.add(4, Priority::requested);
    co_await b.until([&b] { return b.listener.done.size() == 2; });
    for (int i = 0; i < 1000; ++i) co_await asio::post(b.loop, asio::use_awaitable);
    require(b.listener.done.size() == 2, "an old day was read");
    b.extractions.gate().shut(false);
    b.extractions.changed().notify();
    co_await b.until([&b] { return b.listener.done.size() == 4; });
  });
}

TEST_CASE("an old day that is at hand costs the POS nothing and does not wait") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    b.lane.pause("paused");
    b.add(1, Priority::historical);
    co_await b.extractions.get(day(1), SteadyClock::now(), DayAge::old);
    b.extractions.gate().shut(true);
    b.lane.pause(std::nullopt);
    co_await b.until([&b] { return b.listener.done.size() == 1; });
  });
}

TEST_CASE("a lane that is ahead waits for the other, as long as that one keeps up") {
  Bench bench;
  bench.other_lane.keen = true;
  for (int i = 0; i < 10; ++i) bench.add(i, Priority::historical);
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.listener.done.size() == Extractions::recent_limit; });
    for (int i = 0; i < 1000; ++i) co_await asio::post(b.loop, asio::use_awaitable);
    require(b.listener.done.size() == Extractions::recent_limit, "ran away");
    b.add(20, Priority::today);
    co_await b.until([&b] { return b.listener.done.back().task.date == day(20); });
    b.other_lane.keen = false;
    b.extractions.changed().notify();
    co_await b.until([&b] { return b.listener.done.size() == 11; });
  });
}

TEST_CASE("old days wait while the POS has too much to do; its tills are not asked to") {
  Bench bench;
  bench.source.running = 11;
  bench.extractions.replace({branch_id, {}, 10s, {1ms, 2ms}, 1, {1, 100, 10}},
                            alias<Source>(bench.source));
  bench.run([](Bench& b) -> Task<> {
    b.add(1, Priority::historical);
    b.add(3, Priority::today);
    co_await b.until([&b] { return b.listener.done.size() == 1; });
    co_await b.until([&b] {
      const auto opens = b.extractions.gate().opens_at();
      return opens > SteadyClock::now() && opens != HistoryGate::Instant::max();
    });
    require(b.lane.days().contains(day(1)), "lost");
    b.source.running = 10;
    co_await b.until([&b] { return b.listener.done.size() == 2; });
  });
}

TEST_CASE("no day after today is brought, whoever asks for it") {
  Bench bench;
  bench.add(30, Priority::requested, TaskKind::reprocess);
  bench.add(29, Priority::requested, TaskKind::reprocess);
  CHECK(bench.lane.days().size() == 1);
  CHECK_FALSE(bench.lane.days().contains(day(30)));
}

TEST_CASE("a day that a wrong clock had taken for today is let go when the clock is right again") {
  Bench bench;
  bench.add(29, Priority::today);
  bench.add(28, Priority::window);
  bench.add(27, Priority::window);
  bench.today = day(27);
  for (const int number : {28, 29}) bench.source.set_day(day(number), {});
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.listener.done.size() + b.listener.dropped.size() == 3; });
  });
  CHECK(bench.listener.dropped == std::vector<Date>{day(29), day(28)});
  CHECK(bench.target.days.size() == 1);
  CHECK(bench.lane.days().size() == 0);
}

TEST_CASE("a day to come is not written where the clock is set right while it is extracted") {
  Bench bench;
  bench.add(29, Priority::today);
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return !b.lane.days().idle(); });
    b.today = day(28);
    co_await b.until([&b] { return b.listener.done.size() + b.listener.dropped.size() == 1; });
  });
  CHECK(bench.target.days.empty());
  CHECK(bench.lane.days().idle());
}

TEST_CASE("what is dropped is not brought, but for the window") {
  Bench bench;
  bench.lane.pause("paused");
  bench.add(1, Priority::historical);
  bench.add(2, Priority::window);
  bench.lane.drop(day(1), Wanting::service);
  bench.lane.drop(day(2), Wanting::service);
  CHECK_FALSE(bench.lane.days().contains(day(1)));
  CHECK(bench.lane.days().contains(day(2)));
}

TEST_CASE("a day under way when the target is replaced is brought to the new one") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.lane.availability().up(); });
    b.add(1, Priority::today);
    co_await b.until([&b] { return !b.lane.days().idle(); });
    b.lane.replace(b.options, alias<Target>(b.other));
    co_await b.until([&b] { return b.listener.done.size() == 1; });
  });
  CHECK(bench.other.days.contains(day(1)));
}

TEST_CASE("what the ledger comes to while a day is brought beside a heartbeat is nobody else's") {
  Bench bench;
  bench.options.workers = 2;
  bench.lane.replace(bench.options, alias<Target>(bench.target));
  static std::latch written{1}, beaten{1};
  bench.target.before_transaction = [&target = bench.target] {
    target.days[day(1)].ledger = DayTotals{};  // as if committed; the lane does not know it yet
    written.count_down();
    beaten.wait();
  };
  bench.target.before_beat = [] { written.wait(); };
  bench.run([](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.listener.ledgers == 1; });
    b.add(1, Priority::window);
    Heartbeat beat;
    beat.marked_from = day(1);
    for (const char* health : {"ok", "degradada"}) {  // the second goes when the first is answered
      beat.salud = health;
      b.lane.errands().beat(beat);
      co_await b.until([&b, health] { return b.target.told_health() == health; });
    }
    beaten.count_down();
    co_await b.until([&b] { return b.listener.done.size() == 1; });
  });
  CHECK(bench.lane.errands().overwritten_lately() == 0);
  CHECK(bench.listener.ledgers == 1);
}

TEST_CASE("an unchanged day of the window is compared in memory until it leaves it") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    for (std::size_t cycle = 1; cycle <= 3; ++cycle) {
      b.add(1, Priority::window);
      co_await b.until([&b, cycle] { return b.listener.done.size() == cycle; });
    }
    const auto asked = b.steps.count();
    b.add(1, Priority::window);
    co_await b.until([&b] { return b.listener.done.size() == 4; });
    require(b.steps.count() == asked, "the target was asked");
    b.lane.keep_confirmed_from(day(2));
    b.add(1, Priority::window);
    co_await b.until([&b] { return b.listener.done.size() == 5; });
    require(b.steps.count() > asked, "the target was not asked");
  });
}

TEST_CASE("a day of which memory knows is no success of a target that nobody has asked") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.bring(1);
    const auto proven = b.lane.availability().last_success();
    co_await b.bring(1);
    require(b.listener.done.back().remembered, "the target was asked");
    require(b.lane.availability().last_success() == proven, "it counts as an answer");
  });
}

TEST_CASE("who looks is answered from the target's rows and ledger, whatever is remembered") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.bring(1);
    b.target.days[day(1)].rows.clear();
    b.target.days[day(1)].revision = 7;
    co_await b.bring(1);
    require(b.listener.done.back().remembered, "the target was asked");
    co_await b.bring(1, true);
  });
  CHECK(bench.target.days[day(1)].rows.size() == 1);
  CHECK(bench.listener.retried.empty());
}

TEST_CASE("what the ledger does not say any more is not answered from memory") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.bring(1);
    b.target.days.clear();
    b.holdings.forget("vps", day(1));
    co_await b.bring(1);
  });
  CHECK(bench.target.days.contains(day(1)));
}

TEST_CASE("what another target holds is asked, though its ledger says what the former one's did") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.bring(1);
    b.other.days = b.target.days;
    b.other.days[day(1)].rows.clear();
    b.lane.replace(b.options, alias<Target>(b.other));
    co_await b.bring(1);
  });
  CHECK(bench.other.days[day(1)].rows.size() == 1);
}

TEST_CASE("a day that has failed is looked at, though the POS has again what it had") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.bring(1);
    b.target.refuse_writing({ErrorClass::transient, ErrorCause::server, "deadlock"});
    b.source.set_day(day(1), {row("a", "2", "20")});
    b.add(1, Priority::window);
    co_await b.until([&b] { return b.listener.retried.size() == 1; });
    b.source.set_day(day(1), {row("a", "1", "10")});
    b.target.accept_writing();
    b.add(1, Priority::window);
    b.lane.retry_now();
    co_await b.until([&b] { return b.listener.done.size() == 2; });
  });
  CHECK_FALSE(bench.listener.done.back().remembered);
}

TEST_CASE("a change of an ended day is history, however well the day is known") {
  Bench bench;
  bench.run([](Bench& b) -> Task<> {
    co_await b.bring(1);
    b.source.set_day(day(1), {row("a", "2", "20")});
    co_await b.bring(1);
    require(b.listener.done.back().outcome->in_history, "no history of it");
    b.target.days[day(1)].rows.clear();
    b.source.set_day(day(1), {row("a", "3", "30")});
    co_await b.bring(1);
    require(b.listener.done.back().outcome->repaired.has_value(), "damage and change are mixed up");
  });
}
