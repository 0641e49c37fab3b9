// SPDX-License-Identifier: MIT
#include "daemon/once_days.hpp"

#include "daemon/lanes/day_text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

const Date day = parse_date("2026-01-05");
const Date next_day = day + std::chrono::days(1);
const Error cut(ErrorClass::transient, ErrorCause::link, "the link broke");

/// Owned by the test.
template <typename Port>
std::shared_ptr<Port> alias(Port& port) {
  return {std::shared_ptr<void>(), &port};
}

struct Bench {
  Steps source_steps, local_steps, vps_steps;
  FakeSource source{source_steps};
  FakeTarget local{"local", local_steps};
  FakeTarget vps{"vps", vps_steps};
  OnceDaysOptions options;

  Bench() {
    options.branch_id = branch_id;
    options.today = next_day;
    options.audit = {true, Decimal{}};
    options.retry = {3, {1ms, 1h}, [](auto) {}, [] { return 0.0; }};
    source.set_day(day, {row("a", "1", "10")});
    source.set_day(next_day, {row("b", "2", "20")});
  }
  OnceDays once() {
    return {options, alias<Source>(source), {alias<Target>(local), alias<Target>(vps)}};
  }
  bool holds(FakeTarget& target, Date date) {
    return target.days[date].rows.size() == 1 && target.days[date].ledger.has_value();
  }
};

/// Always broken.
struct DeadTarget : Target {
  std::string name_ = "vps";
  int asked = 0;
  const std::string& name() const override { return name_; }
  DayState state(Date) override { throw Error(cut); }
  std::vector<SalesRow> rows(Date) override { throw Error(cut); }
  std::vector<SalesRow> rows(Date, const BucketSet&) override { throw Error(cut); }
  Seals seals(Date) override { throw Error(cut); }
  std::unique_ptr<TargetTransaction> begin(const Permit&, const ChangeNote&) override {
    throw Error(cut);
  }
  void claim(const Machine&, bool) override {
    ++asked;
    throw Error(cut);
  }
  void check_claim(const Machine&) override { throw Error(cut); }
  std::vector<LedgerDay> ledger(const DateRange&) override { throw Error(cut); }
  std::vector<Date> least_verified(const DateRange&, unsigned) override { throw Error(cut); }
  std::optional<std::string> beat(const Heartbeat&) override { throw Error(cut); }
};

}  // namespace

TEST_CASE("a day goes from the source into both targets") {
  Bench bench;
  const auto result = bench.once().run(day);
  CHECK(result.ok());
  CHECK(result.totals->filas == 1);
  CHECK(bench.holds(bench.local, day));
  CHECK(bench.holds(bench.vps, day));
}

TEST_CASE(
    "a dead VPS does not keep the local database from its days, and is not asked for each day") {
  Bench bench;
  DeadTarget dead;
  OnceDays once(bench.options, alias<Source>(bench.source),
                {alias<Target>(bench.local), alias<Target>(dead)});
  for (const Date date : {day, next_day}) {
    const auto result = once.run(date);
    CHECK_FALSE(result.ok());
    CHECK(result.unreachable);
    CHECK_THAT(result.error, contains("vps: the link broke"));
    CHECK(bench.holds(bench.local, date));
  }
  CHECK(dead.asked == 3);  // the attempts of the first day
}

TEST_CASE("a bad row fails its day, writes nothing of it, and leaves the other days alone") {
  Bench bench;
  bench.source.days[day].push_back(bench.source.days[day][0]);
  auto once = bench.once();
  const auto bad = once.run(day);
  CHECK_FALSE(bad.ok());
  CHECK_FALSE(bad.unreachable);
  CHECK_FALSE(bad.totals.has_value());
  CHECK(bench.local.days[day].rows.empty());
  CHECK(once.run(next_day).ok());
}

TEST_CASE("while the clock has gone back behind the targets' days nothing is written") {
  Bench bench;
  bench.once().run(day);
  bench.once().run(next_day);
  bench.options.today = day;
  bench.source.set_day(day, {row("a", "1", "5")});
  const auto result = bench.once().run(day);
  CHECK_THAT(result.error, contains("a clock is wrong"));
  CHECK(bench.local.days[day].rows.begin()->second.venta.to_string() == "10.0000");
}

TEST_CASE("while the POS has sales of a day to come no day is written, not even one before today") {
  Bench bench;
  bench.source.set_day(next_day + std::chrono::days(1), {row("c", "3", "30")});
  auto once = bench.once();
  for (const Date date : {day, next_day}) {
    CHECK_THAT(once.run(date).error, contains("a clock is wrong"));
    CHECK(bench.local.days[date].rows.empty());
  }
}

TEST_CASE("a short interruption costs an attempt, not the day") {
  Bench bench;
  bench.local_steps.fail_at(2, cut);
  const auto result = bench.once().run(day);
  CHECK(result.ok());
  CHECK(result.attempts == 2);
}

TEST_CASE("audit only writes nothing and reports a difference as an error") {
  Bench bench;
  bench.once().run(day);
  bench.source.set_day(day, {row("a", "1", "11")});
  bench.options.mode = SyncMode::dry_run;
  bench.options.differences_are_errors = true;
  const auto result = bench.once().run(day);
  CHECK_THAT(result.error, contains("local: TotalVenta is 10.0000 instead of 11.0000"));
  CHECK(bench.local.days[day].rows.begin()->second.venta.to_string() == "10.0000");
}

TEST_CASE("the bitacora's line says what happened where") {
  Bench bench;
  auto once = bench.once();
  const auto entry = bitacora_entry(once.run(day), branch_id, {});
  CHECK(entry.estado == Estado::ok);
  CHECK(entry.rows == 1u);
  CHECK(entry.local == "nuevo");
  CHECK(entry.vps == "nuevo");
  CHECK(entry.attempts == 1);
  CHECK(bitacora_entry(once.run(day), branch_id, {}).local == "sin cambios");
}

TEST_CASE("after a failure at any call of any port, the day is whole at the next run") {
  for (auto steps : {&Bench::source_steps, &Bench::local_steps, &Bench::vps_steps}) {
    for (std::size_t step = 1;; ++step) {
      Bench bench;
      bench.options.retry.attempts = 1;
      (bench.*steps).fail_at(step, cut);
      const bool failed = !bench.once().run(day).ok();
      (bench.*steps).never_fail();
      CAPTURE(step);
      REQUIRE(bench.once().run(day).ok());
      REQUIRE(bench.holds(bench.local, day));
      REQUIRE(bench.holds(bench.vps, day));
      if (!failed) break;
    }
  }
}
