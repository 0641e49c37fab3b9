// SPDX-License-Identifier: MIT
#include "daemon/lanes/errands.hpp"

#include <latch>

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/loop_test.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date day = parse_date("2026-01-05");
const Machine machine{"this", "pc"};

class Recorder : public LaneListener {
 public:
  void day_done(const DayReport&) override {}
  void day_retried(const DayReport&) override {}
  void day_dropped(const std::string&, Date) override {}
  void lane_up(const std::string&) override {}
  void lane_down(const std::string&) override {}
  void ledger_read(const std::string&) override { ++ledgers; }
  void rejected_read(const std::map<Date, Rejections>&) override {}
  void least_verified(const std::string&, std::vector<Date> days) override { oldest = days; }

  int ledgers = 0;
  std::optional<std::vector<Date>> oldest;
};

/// A target that fails one kind of question.
class Moody : public FakeTarget {
 public:
  using FakeTarget::FakeTarget;
  std::optional<std::string> beat(const Heartbeat& heartbeat) override {
    if (refused) throw Error(*refused);
    return FakeTarget::beat(heartbeat);
  }
  std::vector<LedgerDay> ledger(const DateRange& range) override {
    if (asked) asked();
    return FakeTarget::ledger(range);
  }
  std::optional<DateRange> extent() override { return rows_of; }
  std::optional<DateRange> rows_of;
  std::optional<Error> refused;
  std::function<void()> asked;
};

struct Bench {
  explicit Bench(bool dry_run = false) : options{1, 10s, {1h, 1h}, dry_run, machine} {
    holdings.set_target("vps", alias(target));
  }

  static std::shared_ptr<Target> alias(Target& target) {
    return {std::shared_ptr<void>(), &target};
  }

  /// Does all that waits, up to the first failure.
  std::optional<Error> run() {
    failure.reset();
    run_on_loop<Bench>(loop, *this, [](Bench& b) -> Task<> {
      while (b.errands.waiting() && !b.failure) b.failure = co_await b.errands.run_next(b.worker);
    });
    return failure;
  }

  asio::io_context loop{1};
  Steps steps, other_steps;
  Moody target{"vps", steps};
  Moody other{"vps", other_steps};
  Recorder listener;
  Holdings holdings{branch_id, {}, [] { return day; }};
  Wakeup changed{loop};
  LaneOptions options;
  Errands errands{"vps", options, alias(target), holdings, listener, changed};
  DbWorker worker{loop, "vps"};
  std::optional<Error> failure;
};

Heartbeat heartbeat() {
  Heartbeat beat;
  beat.version = "9";
  return beat;
}

}  // namespace

TEST_CASE("the machine's mark is left before anything else is asked, and once") {
  Bench bench;
  bench.errands.read_ledger();
  bench.errands.beat(heartbeat());
  CHECK_FALSE(bench.errands.claimed());
  CHECK_FALSE(bench.run());
  CHECK(bench.errands.claimed());
  CHECK(bench.target.owner == "this");
  CHECK(bench.listener.ledgers == 1);
  CHECK(bench.holdings.is_known("vps"));
  CHECK(bench.target.last_beat->version == "9");
  CHECK(bench.steps.count() == 3);
}

TEST_CASE("with the ledger a target tells of which days it has rows") {
  Bench bench;
  const Date tomorrow = day + std::chrono::days(1);  // elsewhere it may have begun
  bench.target.rows_of = DateRange{day, tomorrow};
  bench.errands.read_ledger();
  CHECK_FALSE(bench.run());
  CHECK(bench.errands.unrecorded() == std::vector<Date>{day, tomorrow});
  CHECK_FALSE(bench.errands.rows_to_come());
  bench.target.rows_of = DateRange{day - std::chrono::days(9'000), day + std::chrono::days(2)};
  bench.errands.read_ledger();
  CHECK_FALSE(bench.run());
  CHECK(bench.errands.rows_to_come() == day + std::chrono::days(2));
  CHECK(bench.errands.unrecorded().size() == 2);
}

TEST_CASE("in another machine's branch nothing is asked, until this one takes it over") {
  Bench bench;
  bench.target.owner = "another";
  bench.errands.read_ledger();
  REQUIRE(bench.run());
  CHECK(bench.failure->cause() == ErrorCause::configuration);
  CHECK(bench.listener.ledgers == 0);
  bench.errands.take_over();
  CHECK_FALSE(bench.run());
  CHECK(bench.target.owner == "this");
  CHECK(bench.listener.ledgers == 1);
}

TEST_CASE("a dry run leaves no mark and no heartbeat") {
  Bench bench(true);
  bench.errands.beat(heartbeat());
  CHECK_FALSE(bench.run());
  CHECK(bench.errands.claimed());
  CHECK(bench.target.owner.empty());
  CHECK_FALSE(bench.target.last_beat);
}

TEST_CASE("without a heartbeat days are brought all the same, without a link they are not") {
  Bench bench;
  bench.target.refused = Error(ErrorClass::permanent, ErrorCause::rights, "no EXECUTE");
  bench.errands.beat(heartbeat());
  CHECK_FALSE(bench.run());
  bench.target.refused = Error(ErrorClass::transient, ErrorCause::link, "lost");
  bench.errands.beat(heartbeat());
  CHECK(bench.run());
}

TEST_CASE("the days that were verified least recently are told to whoever listens") {
  Bench bench;
  bench.target.days[day].ledger = DayTotals{};
  bench.errands.find_least_verified({day, day}, 3);
  CHECK_FALSE(bench.run());
  CHECK(bench.listener.oldest == std::vector<Date>{day});
}

TEST_CASE("a mark that was seen counts until the target goes down or is replaced") {
  Bench bench;
  bench.run();
  bench.errands.target_down();
  CHECK(bench.errands.waiting());
  bench.run();
  bench.errands.replace(bench.options, Bench::alias(bench.other));
  CHECK_FALSE(bench.errands.claimed());
  bench.run();
  CHECK(bench.other.owner == "this");
  CHECK(bench.listener.ledgers == 1);
}

TEST_CASE("what a target answers that has been replaced meanwhile says nothing about the new one") {
  Bench bench;
  bench.run();
  std::latch replaced(1);
  bench.target.asked = [&] {  // on the worker: the loop goes on
    asio::post(bench.loop, [&] {
      bench.errands.replace(bench.options, Bench::alias(bench.other));
      replaced.count_down();
    });
    replaced.wait();
  };
  bench.target.days[day].ledger = DayTotals{};
  bench.errands.read_ledger();
  CHECK_FALSE(bench.run());
  CHECK(bench.holdings.days("vps").empty());
  CHECK(bench.other.owner == "this");
}

TEST_CASE("a day that somebody else has written is learned from the ledger, others are not asked") {
  Bench bench;
  bench.run();
  const auto asked = bench.steps.count();
  const auto learn = [](Bench& b) -> Task<> {
    b.failure = co_await b.errands.learn(day, b.worker);
  };
  run_on_loop<Bench>(bench.loop, bench, learn);
  CHECK(bench.steps.count() == asked);
  bench.target.days[day].ledger = DayTotals{};
  bench.target.days[day].revision = 7;
  bench.holdings.forget("vps", day);
  run_on_loop<Bench>(bench.loop, bench, learn);
  CHECK(bench.holdings.revision("vps", day) == 7);
  bench.holdings.forget("vps", day);
  bench.steps.always_fail(true);
  run_on_loop<Bench>(bench.loop, bench, learn);
  CHECK(bench.failure);
}

TEST_CASE("a ledger that somebody else has written is read again, and counted, once") {
  Bench bench;
  Heartbeat beat = heartbeat();
  const Date before = day - std::chrono::days(1);
  beat.marked_from = before;
  for (const Date date : {before, day}) {
    auto& held = bench.target.days[date];
    held.ledger = DayTotals{};
    held.ledger->huella = 5;
    held.revision = 1;
  }
  auto& held = bench.target.days[day];
  bench.errands.read_ledger();
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.listener.ledgers == 1);
  CHECK(bench.errands.overwritten_lately() == 0);
  SECTION("another content") {
    held.ledger->huella = 6;
    held.revision = 2;
  }
  SECTION("an older one came back") {
    held.ledger->huella = 4;
  }
  SECTION("the row is gone") {
    bench.target.days.erase(day);
  }
  SECTION("both") {
    bench.target.days.clear();
  }
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.listener.ledgers == 2);
  CHECK(bench.errands.overwritten_lately() == 1);
  CHECK(bench.holdings.days("vps").size() == bench.target.days.size());
  for (const LedgerDay& known : bench.holdings.days("vps"))
    CHECK(known.totals == *bench.target.days[known.date].ledger);
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.listener.ledgers == 2);
  CHECK(bench.errands.overwritten_lately() == 1);
}

TEST_CASE("a ledger that is as it was when it is read again is not counted") {
  Bench bench;
  Heartbeat beat = heartbeat();
  beat.marked_from = day;
  auto& held = bench.target.days[day];
  held.ledger = DayTotals{};
  bench.errands.read_ledger();
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  bench.target.before_beat = [&held] { held.ledger->huella = 6; };
  bench.target.asked = [&held] { held.ledger->huella = 0; };
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.listener.ledgers == 2);
  CHECK(bench.errands.overwritten_lately() == 0);
}

TEST_CASE("a heartbeat tells nothing of a ledger that has not been read") {
  Bench bench;
  Heartbeat beat = heartbeat();
  beat.marked_from = day;
  bench.target.days[day].ledger = DayTotals{};
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.listener.ledgers == 0);
}

TEST_CASE("what the ledger comes to while an own day is brought tells of nobody else") {
  Bench bench;
  Heartbeat beat = heartbeat();
  beat.marked_from = day;
  bench.errands.read_ledger();
  CHECK_FALSE(bench.run());
  bench.target.days[day].ledger = DayTotals{};  // as that day writes it
  SECTION("it is under way still") {
    const Errands::OwnDay own(bench.errands, day);
    bench.errands.beat(beat);
    CHECK_FALSE(bench.run());
  }
  SECTION("it began and ended meanwhile") {
    bench.target.before_beat = [&bench] { const Errands::OwnDay own(bench.errands, day); };
    bench.errands.beat(beat);
    CHECK_FALSE(bench.run());
  }
  SECTION("it begins while the ledger is read") {
    bench.target.asked = [&bench] { const Errands::OwnDay own(bench.errands, day); };
    bench.errands.beat(beat);
    CHECK_FALSE(bench.run());
  }
  CHECK(bench.errands.overwritten_lately() == 0);
  bench.target.before_beat = nullptr;
  bench.target.asked = nullptr;
  const Errands::OwnDay before(bench.errands, day - std::chrono::days(1));  // of no heartbeat
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.errands.overwritten_lately() == 1);
}

TEST_CASE("a ledger that was read while an own day was brought accuses nobody") {
  Bench bench;
  Heartbeat beat = heartbeat();
  beat.marked_from = day;
  bench.target.days[day].ledger = DayTotals{};
  const LedgerDay written = bench.target.ledger({day, day}).front();
  bench.target.days.clear();
  std::optional<Errands::OwnDay> own(std::in_place, bench.errands, day);
  bench.holdings.ledger_read("vps", {});
  bench.errands.read_ledger();
  CHECK_FALSE(bench.run());  // it does not have the day yet
  own.reset();
  SECTION("committed after the look") {
    bench.holdings.note_written("vps", written);
  }
  SECTION("committed before the answer") {
    bench.target.asked = [&] {
      const Errands::OwnDay meanwhile(bench.errands, day);
      bench.holdings.note_written("vps", written);
    };
    bench.errands.read_ledger();
    CHECK_FALSE(bench.run());
    bench.target.asked = nullptr;
  }
  bench.target.days[day].ledger = DayTotals{};
  CHECK(bench.holdings.days("vps").size() == 1);
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.errands.overwritten_lately() == 0);
  bench.target.days[day].ledger->huella = 6;  // this time somebody else
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK(bench.errands.overwritten_lately() == 1);
}

TEST_CASE("who has written the window may have written older days: all are read again") {
  Bench bench;
  Heartbeat beat = heartbeat();
  beat.marked_from = day;
  const Date old = day - std::chrono::days(400);
  bench.target.days[day].ledger = bench.target.days[old].ledger = DayTotals{};
  bench.errands.read_ledger();
  CHECK_FALSE(bench.run());
  bench.target.days[day].ledger->huella = 6;
  bench.target.days.erase(old);
  bench.errands.beat(beat);
  CHECK_FALSE(bench.run());
  CHECK_FALSE(find_day(bench.holdings.days("vps"), old));
}

TEST_CASE("a heartbeat that waits can be sent alone") {
  Bench bench;
  CHECK_FALSE(result_of(bench.loop, bench.errands.send_heartbeat(bench.worker)));
  bench.errands.beat(heartbeat());
  bench.errands.read_ledger();
  CHECK_FALSE(result_of(bench.loop, bench.errands.send_heartbeat(bench.worker)));
  CHECK(bench.target.last_beat->version == "9");
  CHECK(bench.listener.ledgers == 0);
}
