// SPDX-License-Identifier: MIT
#include "daemon/service/request_book.hpp"
#include "daemon/service/request_progress.hpp"
#include "daemon/service/request_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");
const DateRange range{day, day + std::chrono::days(1)};
using Open = std::set<DayInTargetKey>;

Open open_days() {
  return {{"local", day}, {"vps", day}, {"local", range.last}, {"vps", range.last}};
}

DayReport report(const char* target, Date date, const char* error = nullptr) {
  DayReport done;
  done.task.date = date;
  done.task.kind = TaskKind::reprocess;
  done.task.look = true;
  done.task.asked = SteadyClock::now();
  done.target = target;
  if (error) done.error = DataError(error);
  return done;
}

}  // namespace

TEST_CASE("a request is on the disk when it is accepted, until it is finished") {
  const TempDir dir;
  RequestStore(dir / "requests").save({7, RequestKind::reprocess, range});
  RequestStore store(dir / "requests");  // after a restart
  REQUIRE(store.load().size() == 1);
  CHECK(store.load()[0].id == 7);
  CHECK(store.load()[0].kind == RequestKind::reprocess);
  CHECK(store.load()[0].range == range);
  store.remove(7);
  CHECK(store.load().empty());
}

TEST_CASE("what a power cut left half written is no request, and whole ones beside it count") {
  const TempDir dir;
  RequestStore store(dir / "requests");
  store.save({2, RequestKind::audit, range});
  write_file(dir / "requests/1.new", "backfill 2026-01-01 2026-");
  write_file(dir / "requests/3", "backf");
  write_file(dir / "requests/4.new", "backfill 2026-01-01 2026-01-02\n");  // not yet accepted
  CHECK(store.load().size() == 1);
  CHECK_FALSE(std::filesystem::exists(dir / "requests/3"));
  CHECK_FALSE(std::filesystem::exists(dir / "requests/4.new"));
}

TEST_CASE("a folder that cannot be made or written is named with the remedy") {
  const TempDir dir;
  write_file(dir / "file", "x");
  CHECK_THROWS_WITH(RequestStore(dir / "file/requests"), contains("change paths.state"));
}

TEST_CASE("a request is done when every day is there in every target") {
  RequestBook book;
  CHECK(book.add(5, RequestKind::audit, range, open_days()).total == 4);
  CHECK(book.take_id() == 6);
  CHECK(book.day_done(report("local", day)).at(0).done == 1);
  CHECK(book.day_done(report("local", day)).empty());  // not counted twice
  book.day_done(report("vps", day));
  book.day_done(report("local", range.last));
  CHECK(book.running().size() == 1);
  CHECK(book.day_done(report("vps", range.last)).at(0).state == RequestState::done);
  CHECK(book.running().empty());
}

TEST_CASE("a request with a failed day ends as failed, with the first reason") {
  RequestBook book;
  book.add(1, RequestKind::reprocess, range, {{"local", day}, {"vps", day}});
  book.day_done(report("local", day, "row 3: Upc is empty"));
  const auto info = book.day_done(report("vps", day, "another")).at(0);
  CHECK(info.state == RequestState::failed);
  CHECK(info.failed == 2);
  CHECK(info.error == "row 3: Upc is empty");
}

TEST_CASE("a day that was begun before the request does not count for it") {
  const auto before = report("local", day);
  RequestBook book;
  book.add(1, RequestKind::reprocess, range, {{"local", day}});
  CHECK(book.day_done(before).empty());
  CHECK(book.day_done(report("local", day)).size() == 1);
}

TEST_CASE(
    "a cancelled request gives its open days back; one that does not run cannot be cancelled") {
  RequestBook book;
  book.add(1, RequestKind::backfill, range, open_days());
  book.day_done(report("local", day));
  const auto cancelled = book.cancel(1);
  CHECK(cancelled->first.state == RequestState::cancelled);
  CHECK(cancelled->second.size() == 3);
  CHECK_FALSE(book.cancel(1).has_value());
}

TEST_CASE("the days of a target that is no longer configured end a request, as failed") {
  RequestBook book;
  book.add(1, RequestKind::audit, range, open_days());
  book.day_done(report("local", day));
  book.day_done(report("local", range.last));
  const RequestInfo info = book.forget_target("vps").at(0);
  CHECK(info.state == RequestState::failed);
  CHECK(info.failed == 2);
  CHECK_THAT(info.error, contains("vps"));
}

TEST_CASE("a look answers a request if it holds all that was wanted of the day") {
  const auto look = [](TaskKind kind, DayAction action = DayAction::unchanged) {
    DayReport done = report("local", day);
    done.task.kind = kind;
    done.outcome.emplace().action = action;
    return done;
  };
  using enum TaskKind;
  for (const TaskKind wanted : {sync, audit, reprocess, restore})
    CHECK(answers(look(wanted), wanted));
  CHECK(answers(look(audit), sync));
  CHECK(answers(look(reprocess), sync));
  CHECK(answers(look(reprocess), audit));
  CHECK_FALSE(answers(look(sync), audit));
  CHECK_FALSE(answers(look(audit), reprocess));
  CHECK_FALSE(answers(look(audit, DayAction::held), sync));  // it takes nothing away by itself
  CHECK(answers(look(audit, DayAction::held), audit));
  for (const TaskKind wanted : {sync, audit, reprocess})
    CHECK_FALSE(answers(look(restore), wanted));
  DayReport failed = report("local", day, "no right to empty a day");
  CHECK(answers(failed, reprocess));
  CHECK_FALSE(answers(failed, audit));
  DayReport remembered = look(sync);
  remembered.task.look = false;
  CHECK_FALSE(answers(remembered, sync));
}

TEST_CASE("a sync is no answer to an audit of the same day, an audit is one to a sync") {
  RequestBook book;
  book.add(1, RequestKind::sync, range, {{"local", day}});
  book.add(2, RequestKind::audit, range, {{"local", day}, {"local", range.last}});
  DayReport synced = report("local", day);
  synced.task.kind = TaskKind::sync;
  CHECK(book.day_done(synced).at(0).id == 1);
  CHECK(book.wanting({"local", day}) == std::vector<std::uint64_t>{2});
  book.add(3, RequestKind::sync, range, {{"local", day}});
  DayReport audited = report("local", day);
  audited.task.kind = TaskKind::audit;
  CHECK(book.day_done(audited).size() == 2);
  CHECK(book.wanting({"local", day}).empty());
  CHECK_FALSE(book.wants(2, day));
  CHECK(book.wants(2, range.last));
}

TEST_CASE("what a former process has counted is counted on, with the first reason") {
  std::vector<EndedDay> told;
  RequestBook book([&told](const RequestInfo&, const EndedDay& ended) { told.push_back(ended); });
  book.add(1, RequestKind::audit, range, {{"local", range.last}});
  const RequestInfo info = book.recall(1, {{{"vps", day}, DayEnd::held, "vps is held"},
                                           {{"local", day}, DayEnd::failed, "no rights"},
                                           {{"vps", range.last}}});
  CHECK(told.empty());
  CHECK(info.total == 4);
  CHECK(info.done == 3);
  CHECK(info.failed == 2);
  CHECK(info.held == 1);
  CHECK(info.error == "vps is held");
  CHECK(book.day_done(report("local", range.last)).at(0).state == RequestState::failed);
  CHECK(told.size() == 1);
}

TEST_CASE("how far a request is survives the process, and goes with the request") {
  const TempDir dir;
  RequestStore store(dir / "requests");
  store.save({3, RequestKind::audit, range});
  RequestProgress(dir / "requests").add(3, {{"local", day}});
  RequestProgress(dir / "requests").add(3, {{"vps", day}, DayEnd::held, "rows\nwould go"});
  RequestProgress(dir / "requests").add(3, {{"vps", day}});  // counted once
  RequestProgress(dir / "requests").leave_out(3, "local", range);
  RequestProgress progress(dir / "requests");
  CHECK(store.load().size() == 1);  // it is no request itself
  const auto kept = progress.load(3);
  REQUIRE(kept.ended.size() == 2);
  CHECK(kept.ended[0].day == DayInTargetKey{"local", day});
  CHECK(kept.ended[0].end == DayEnd::done);
  CHECK(kept.ended[1].end == DayEnd::held);
  CHECK(kept.ended[1].error == "rows would go");
  CHECK(kept.left_out == std::set<DayInTargetKey>{{"local", day}, {"local", range.last}});
  progress.keep_only({3});
  CHECK(progress.load(3).ended.size() == 2);
  progress.keep_only({4});  // the number may be given again
  CHECK(progress.load(3).ended.empty());
  progress.add(5, {{"local", day}});
  progress.remove(5);
  CHECK(progress.load(5).ended.empty());
  progress.remove(5);
}

TEST_CASE("of progress that a power cut left half written the whole lines count") {
  const TempDir dir;
  const RequestStore store(dir / "requests");
  write_file(dir / "requests/7.days",
             "\ndone local 2026-01-05 \nlost local 2026-01-06\ndone vps 2026-0");
  RequestProgress progress(dir / "requests");
  progress.add(7, {{"vps", range.last}});
  const auto kept = progress.load(7);
  REQUIRE(kept.ended.size() == 2);
  CHECK(kept.ended[1].day == DayInTargetKey{"vps", range.last});
}

TEST_CASE("progress that cannot be written costs nobody the request") {
  const TempDir dir;
  RequestProgress progress(dir / "absent");
  progress.add(1, {{"local", day}});
  progress.keep_only({});
  CHECK(progress.load(1).ended.empty());
}
