// SPDX-License-Identifier: MIT
#include "daemon/lanes/confirmed_days.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");

std::shared_ptr<const ExtractedDay> sold(const char* units) {
  return std::make_shared<const ExtractedDay>(extracted_day(day, {row("a", units, "10")}));
}

DayReport report(const ExtractedDay& holds, DayAction action = DayAction::changed) {
  DayReport done;
  done.task = {day, Priority::today, TaskKind::sync, {}};
  done.outcome.emplace().action = action;
  done.outcome->holds = holds.totals;
  done.outcome->most_rows = 4;
  return done;
}

DayTask task(TaskKind kind = TaskKind::sync) {
  return {day, Priority::today, kind, {}};
}

}  // namespace

TEST_CASE("what was just written is unchanged while the POS has the same") {
  ConfirmedDays confirmed;
  CHECK_FALSE(confirmed.unchanged(task(), *sold("1"), true));
  confirmed.keep_outcome(report(*sold("1")), sold("1"));
  const auto outcome = confirmed.unchanged(task(), *sold("1"), true);
  REQUIRE(outcome);
  CHECK(outcome->action == DayAction::unchanged);
  CHECK(outcome->holds == sold("1")->totals);
  CHECK(outcome->most_rows == 4);
  CHECK_FALSE(confirmed.unchanged(task(), *sold("2"), true));
}

TEST_CASE("other rows that cannot be taken are a change, though the day's own are the same") {
  ConfirmedDays confirmed;
  ExtractedDay more = *sold("1");
  more.rejected.emplace_back().reason = "Upc is empty";
  confirmed.keep_outcome(report(*sold("1")), sold("1"));
  CHECK_FALSE(confirmed.unchanged(task(), more, true));
  confirmed.keep_outcome(report(more), std::make_shared<const ExtractedDay>(more));
  CHECK(confirmed.unchanged(task(), more, true));
  CHECK_FALSE(confirmed.unchanged(task(), *sold("1"), true));
}

TEST_CASE("the first look after the day has ended is not answered from memory, the next one is") {
  ConfirmedDays confirmed;
  auto open = report(*sold("1"));
  open.outcome->ended = false;
  confirmed.keep_outcome(open, sold("1"));
  open.outcome = confirmed.unchanged(task(), *sold("1"), false);
  REQUIRE(open.outcome);
  confirmed.keep_outcome(open, sold("1"));
  CHECK_FALSE(confirmed.unchanged(task(), *sold("1"), true));
  confirmed.keep_outcome(report(*sold("1")), sold("1"));
  CHECK(confirmed.unchanged(task(), *sold("1"), true));
}

TEST_CASE("whoever asks for an audit or for more is never answered from memory") {
  ConfirmedDays confirmed;
  confirmed.keep_outcome(report(*sold("1")), sold("1"));
  for (const auto kind : {TaskKind::audit, TaskKind::reprocess, TaskKind::restore})
    CHECK_FALSE(confirmed.unchanged(task(kind), *sold("1"), true));
}

TEST_CASE("a day that is held, old or not what the POS has is not kept") {
  ConfirmedDays confirmed;
  auto old = report(*sold("1"));
  old.task.priority = Priority::historical;
  for (const auto& done : {report(*sold("1"), DayAction::held), report(*sold("2")), old}) {
    confirmed.keep_outcome(report(*sold("1")), sold("1"));
    confirmed.keep_outcome(done, sold("1"));
    CHECK_FALSE(confirmed.find(day));
  }
}

TEST_CASE("a content that was written under the suppliers of the sale is what is remembered") {
  ConfirmedDays confirmed;
  auto done = report(*sold("1"));
  done.outcome->content = sold("1");
  confirmed.keep_outcome(done, sold("2"));
  REQUIRE(confirmed.find(day));
  CHECK(confirmed.find(day)->content == done.outcome->content);
  CHECK(confirmed.unchanged(task(), *sold("2"), true));  // the POS still has what it had
}

TEST_CASE("days that leave the window are forgotten") {
  ConfirmedDays confirmed;
  confirmed.keep_outcome(report(*sold("1")), sold("1"));
  confirmed.forget_before(day);
  CHECK(confirmed.find(day));
  confirmed.forget_before(day + std::chrono::days(1));
  CHECK_FALSE(confirmed.find(day));
}

TEST_CASE("what the ledger does not say any more is not known") {
  ConfirmedDays confirmed;
  const auto known = [&] { return confirmed.find(day) != nullptr; };
  const auto keep = [&] { confirmed.keep_outcome(report(*sold("1")), sold("1")); };
  LedgerDay ledger{day, sold("1")->totals, {}};
  keep();
  confirmed.forget_unless(day, &ledger);
  CHECK(known());
  ledger.totals = sold("2")->totals;
  confirmed.forget_unless(day, &ledger);
  CHECK_FALSE(known());
  keep();
  confirmed.forget_unless(day, nullptr);
  CHECK_FALSE(known());
}
