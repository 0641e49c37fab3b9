// SPDX-License-Identifier: MIT
#include "daemon/service/request_book.hpp"
#include "daemon/service/request_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

const Date day = parse_date("2026-01-05");
const DateRange range{day, day + std::chrono::days(1)};
using Open = std::set<RequestBook::DayInTargetKey>;

Open open_days() {
  return {{"local", day}, {"vps", day}, {"local", range.last}, {"vps", range.last}};
}

DayReport report(const char* target, Date date, const char* error = nullptr) {
  DayReport done;
  done.task.date = date;
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
