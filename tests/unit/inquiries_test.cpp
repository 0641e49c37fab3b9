// SPDX-License-Identifier: MIT
#include "daemon/service/inquiries.hpp"

#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/service_bench.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

class NoChanges : public HistorySource {
 public:
  std::vector<DayChange> changes(const DateRange&) override { return {}; }
  std::vector<RowChange> rows_from(Date, std::uint32_t) override { return {}; }
  std::vector<RowChange> noted(Date) override { return {}; }
  std::vector<NotedHands> hands(const DateRange&) override { return {}; }
  std::optional<std::chrono::system_clock::time_point> begins() override { return {}; }
};

/// Knows what each code is called but those that begin with `x`, until it fails.
class Labels : public ProductNames {
 public:
  std::size_t asked = 0;
  bool fails = false;

  NamesByCode names(std::span<const std::string> codes) override {
    asked += codes.size();
    if (fails) throw Error(ErrorClass::permanent, ErrorCause::schema, "no such procedure");
    NamesByCode names;
    for (const std::string& code : codes)
      if (code.front() != 'x') names.emplace(code, "name of " + code);
    return names;
  }
};

struct Bench : ServiceBench {
  const Date day = days_ago(5);
  const std::vector<SalesRow> rows{row("a", "1", "10"), row("b", "2", "20")};

  Bench() {
    source.set_day(day, rows);
    for (FakeTarget* target : {&local, &vps}) {
      FakeTarget::Day& held = target->days[day];
      for (const SalesRow& r : rows) held.rows.emplace(r.key, r);
      held.ledger = totals_of(rows, branch_id, day);
    }
    know();
  }

  std::shared_ptr<Target> opened(const std::string& name) {
    return {std::shared_ptr<void>(), name == "vps" ? &vps : &local};
  }

  void spawn(Task<> task) { asio::co_spawn(loop, std::move(task), asio::detached); }

  Backends backends{{},
                    {},
                    [this](const Config&, const std::string& name) -> Reading {
                      return {opened(name), std::make_shared<NoChanges>()};
                    },
                    [this](const Config&) -> std::shared_ptr<ProductNames> {
                      return {std::shared_ptr<void>(), &labels};
                    }};
  Labels labels;
  Inquiries inquiries{{loop, branch, backends, places, extractions,
                       [this](Task<> task) { spawn(std::move(task)); }}};

  DayHistory history;
  DayDifferences differences;
  std::set<std::string> refusals;
  int answered = 0;
};

Task<> ask_history(Bench& bench) {
  try {
    bench.history = co_await bench.inquiries.history({bench.day, bench.day}, "");
  } catch (const RequestRefused& refused) {
    bench.refusals.insert(refused.what());
  }
  ++bench.answered;
}

void run_script(Bench& bench, Task<> (*script)(Bench&)) {
  run_on_loop<Bench>(bench.loop, bench, script);
}

}  // namespace

TEST_CASE_METHOD(Bench, "a day's versions are told with the target and the branch's clock") {
  local.days[day].revision = 1;
  run_script(*this, [](Bench& b) -> Task<> { co_await ask_history(b); });
  CHECK(history.target == "local");
  REQUIRE(history.versions.size() == 1);
  CHECK(history.versions[0].recorded.totals == totals_of(rows, branch_id, day));
}

TEST_CASE_METHOD(Bench, "where the first target does not answer the other one is asked") {
  local_steps.always_fail(true);
  run_script(*this, [](Bench& b) -> Task<> { co_await ask_history(b); });
  CHECK(history.target == "vps");
}

TEST_CASE_METHOD(Bench, "a target that was asked for by name is asked alone") {
  local_steps.always_fail(true);
  CHECK_THROWS_AS(run_script(*this,
                             [](Bench& b) -> Task<> {
                               b.history = co_await b.inquiries.history({b.day, b.day}, "local");
                             }),
                  Error);
  CHECK_THROWS_AS(run_script(*this,
                             [](Bench& b) -> Task<> {
                               b.history = co_await b.inquiries.history({b.day, b.day}, "cloud");
                             }),
                  RequestRefused);
}

TEST_CASE_METHOD(Bench, "a day after today is refused") {
  CHECK_THROWS_AS(run_script(*this,
                             [](Bench& b) -> Task<> {
                               const Date next = today + std::chrono::days(1);
                               b.differences = co_await b.inquiries.differences(next);
                             }),
                  RequestRefused);
}

TEST_CASE_METHOD(Bench, "a few inquiries wait, more are refused") {
  run_script(*this, [](Bench& b) -> Task<> {
    for (int i = 0; i < 12; ++i) b.spawn(ask_history(b));
    co_await b.until([&] { return b.answered == 12; });
  });
  CHECK(refusals == std::set<std::string>{"8 inquiries wait already; ask again later"});
}

TEST_CASE_METHOD(Bench, "whoever waits when the service stops is told so") {
  run_script(*this, [](Bench& b) -> Task<> {
    for (int i = 0; i < 3; ++i) b.spawn(ask_history(b));
    co_await b.until([&] { return b.answered == 1; });
    b.inquiries.stop();
    co_await b.until([&] { return b.answered == 3; });
  });
  CHECK(refusals == std::set<std::string>{"the service is stopping"});
}

TEST_CASE_METHOD(Bench, "a day is compared in the three places") {
  vps.days[day].rows.begin()->second.venta += Decimal::parse("7");
  run_script(*this,
             [](Bench& b) -> Task<> { b.differences = co_await b.inquiries.differences(b.day); });
  REQUIRE(differences.rows.size() == 1);
  CHECK(differences.rows[0].key.upc == "a");
  CHECK(differences.rows[0].difference(1) == Amounts{});
  CHECK(differences.rows[0].difference(2).venta == Decimal::parse("7"));
  REQUIRE(differences.places.size() == 3);
  CHECK(differences.places[1].ledger == differences.places[1].totals);
  CHECK(differences.places[2].ledger != differences.places[2].totals);
}

TEST_CASE_METHOD(Bench, "a place that does not answer is told, and the others are compared") {
  source_steps.always_fail(true);
  run_script(*this,
             [](Bench& b) -> Task<> { b.differences = co_await b.inquiries.differences(b.day); });
  CHECK(differences.places[0].error == "the link broke");
  CHECK(differences.places[1].compared());
  CHECK(differences.rows.empty());
}

TEST_CASE_METHOD(Bench, "an old day is not read from the POS outside of its hours") {
  extractions.gate().shut(true);
  run_script(*this,
             [](Bench& b) -> Task<> { b.differences = co_await b.inquiries.differences(b.day); });
  CHECK_THAT(differences.places[0].error, contains("old days wait"));
  CHECK(source_steps.count() == 0);
}

TEST_CASE_METHOD(Bench, "a closed day is compared under the suppliers of its sale") {
  auto moved = rows;
  moved[0].key.proveedor = 77;
  source.set_day(day, moved);
  run_script(*this,
             [](Bench& b) -> Task<> { b.differences = co_await b.inquiries.differences(b.day); });
  CHECK(differences.rows.empty());
  CHECK(differences.reclassified == 1);
  CHECK(differences.places[0].totals == differences.places[1].totals);
}

TEST_CASE_METHOD(Bench, "the POS is asked for the names of those products that differ") {
  vps.days[day].rows.begin()->second.venta += Decimal::parse("7");
  labels.fails = GENERATE(false, true);
  run_script(*this,
             [](Bench& b) -> Task<> { b.differences = co_await b.inquiries.differences(b.day); });
  REQUIRE(differences.rows.size() == 1);
  CHECK(labels.asked == 1);
  CHECK(differences.names == (labels.fails ? NamesByCode{} : NamesByCode{{"a", "name of a"}}));
}

TEST_CASE_METHOD(Bench, "of many products the POS is asked for the names of a hundred") {
  for (int i = 0; i < 150; ++i) {
    const SalesRow foreign = row("code " + std::to_string(i), "1", "10");
    vps.days[day].rows.emplace(foreign.key, foreign);
  }
  run_script(*this,
             [](Bench& b) -> Task<> { b.differences = co_await b.inquiries.differences(b.day); });
  CHECK(differences.rows.size() == 150);
  CHECK(labels.asked == 100);
}

TEST_CASE_METHOD(Bench, "a history says which other target has one of its own") {
  run_script(*this, [](Bench& b) -> Task<> { co_await ask_history(b); });
  CHECK(history.others == std::vector<std::string>{"vps"});
}
