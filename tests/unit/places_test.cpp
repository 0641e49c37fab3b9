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

TEST_CASE("a day that waits says for what: its target, a restart, a person, the POS") {
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

TEST_CASE("only targets whose ledger is known are planned, and each against the other's") {
  Bench bench;
  bench.holdings.ledger_read("local", {Bench::ledger_day(Bench::days_ago(1))});
  bench.places.plan();
  CHECK(bench.place("vps").lane().days().size() == 0);
  bench.holdings.ledger_read("vps", {});
  bench.places.plan();
  CHECK(bench.place("vps").lane().days().contains(Bench::days_ago(1)));
  CHECK(bench.place("local").late() == 0);
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
