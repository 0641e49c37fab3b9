// SPDX-License-Identifier: MIT
#include "daemon/service/places.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/service_bench.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

using Bench = ServiceBench;

const std::string near_restart = "the service is restarted when its last units have ended";

}  // namespace

TEST_CASE("no lane begins a day near a restart, though a person resumes the branch") {
  Bench bench;
  Lane& lane = bench.place().lane();
  bench.places.pause(true);
  CHECK(lane.paused() == "paused");
  bench.places.await_restart(true);
  bench.places.pause(false);
  CHECK(lane.paused() == near_restart);
  bench.places.pause(true);
  bench.places.await_restart(false);
  CHECK(lane.paused() == "paused");
  bench.places.pause(false);
  CHECK_FALSE(lane.paused());
}

TEST_CASE("a target that is added near a restart waits, too") {
  Bench bench;
  bench.places.await_restart(true);
  bench.places.remove("vps");
  const Place& added = bench.places.add(
      std::make_unique<Lane>(bench.loop, "vps", lane_options(bench.branch.config()),
                             std::shared_ptr<Target>(std::shared_ptr<void>(), &bench.vps),
                             bench.extractions, bench.holdings, bench.dispatcher));
  CHECK(added.lane().paused() == near_restart);
}

TEST_CASE("a day that waits says for what: its target, a restart, a person") {
  Bench bench;
  bench.vps_steps.always_fail(true);
  bench.run(
      bench, +[](Bench& b) -> Task<> {
        co_await b.until([&b] { return b.place().up() && !b.place("vps").up(); });
      });
  for (Place& place : bench.places) place.lane().add({Bench::today, Priority::today});
  const auto reasons = [&bench] {
    std::vector<std::string> whys;
    for (const Outstanding& one : bench.places.outstanding(Bench::today)) whys.push_back(one.why);
    return whys;
  };
  REQUIRE(reasons().size() == 2);
  CHECK(reasons()[0].empty());
  CHECK_FALSE(reasons()[1].empty());
  bench.places.pause(true);
  CHECK(reasons()[0] == "paused");
  bench.places.await_restart(true);
  CHECK(reasons()[0] == near_restart);
}

TEST_CASE("a day says why it is tried again, which is a gap, or cannot be had from the POS") {
  Bench bench;
  bench.source.set_day(Bench::days_ago(2), {row("a", "1", "10")});
  bench.vps.refuse_writing({ErrorClass::transient, ErrorCause::server, "deadlock"});
  Bench::run<Bench>(bench, [](Bench& b) -> Task<> {
    co_await b.until([&b] { return b.holdings.is_known("local") && b.holdings.is_known("vps"); });
    b.place("vps").lane().add({Bench::days_ago(2), Priority::window});
    co_await b.until(
        [&b] { return b.place("vps").lane().retries().find(Bench::days_ago(2)).has_value(); });
    b.source_steps.always_fail(true);
    b.place().lane().add({Bench::today, Priority::today});
    co_await b.until([&b] { return b.extractions.availability().down_since().has_value(); });
  });
  CHECK(bench.places.outstanding(Bench::days_ago(2)).at(0).why == "deadlock");
  CHECK(bench.places.outstanding(Bench::today).at(0).why == "the link broke");
  bench.know({Bench::ledger_day(Bench::days_ago(3)), Bench::ledger_day(Bench::days_ago(2)),
              Bench::ledger_day(Bench::days_ago(1))});
  bench.places.plan();
  CHECK(bench.place("local").last_audited() == Bench::days_ago(1));
  CHECK(bench.place("vps").last_audited() == Bench::days_ago(3));
}

TEST_CASE("while a clock is in doubt nobody knows what is late") {
  Bench bench;
  bench.know({Bench::ledger_day(Bench::days_ago(3))});
  bench.holdings.clocks().heard("vps", {}, time_since_boot());
  bench.places.plan();
  CHECK(bench.places.none_late());
}

TEST_CASE("only targets whose ledger is known are planned, and each against the other's") {
  Bench bench;
  bench.holdings.ledger_read("local", {Bench::ledger_day(Bench::days_ago(1))});
  bench.places.plan();
  CHECK(bench.place("vps").lane().days().size() == 0);
  bench.holdings.ledger_read("vps", {});
  bench.places.plan();
  CHECK(bench.place("vps").lane().days().contains(Bench::days_ago(1)));
  CHECK(bench.place("local").late().count() == 0);
  CHECK_FALSE(bench.places.none_late());
}

TEST_CASE("the archived days are those of the target that has most of them") {
  Bench bench;
  bench.holdings.ledger_read("local", {Bench::ledger_day(Bench::days_ago(3))});
  bench.holdings.ledger_read(
      "vps", {Bench::ledger_day(Bench::days_ago(4)), Bench::ledger_day(Bench::days_ago(3))});
  CHECK(bench.places.archived(Bench::days_ago(2)) == 2);
  CHECK(bench.places.archived(std::nullopt) == 0);
}
