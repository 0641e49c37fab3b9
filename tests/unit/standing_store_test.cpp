// SPDX-License-Identifier: MIT
#include "daemon/service/standing_store.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/logged.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using test::contains;

namespace {

const StandingStore::Instant noon{1'767'614'400s};
const StandingStore::Instant later = noon + 24h;

void nobody(const std::exception_ptr&) {}

}  // namespace

TEST_CASE("the next process knows when a day last got through, and a pause") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore store(disk, dir / "", 98);
  CHECK_FALSE(store.last_success("local", later));
  CHECK_FALSE(store.pause());
  store.keep({{"local", {noon}}, {"vps", {noon - 72h}}}, noon);
  store.keep_pause("the VPS\nis restored", noon, nobody);
  const StandingStore next(disk, dir / "", 98);
  CHECK(next.last_success("local", later) == noon);
  CHECK(next.last_success("vps", later) == noon - 72h);
  CHECK(next.last_success("vps", noon - 96h) == noon - 96h);  // the clock was set back
  REQUIRE(next.pause());
  CHECK(next.pause()->reason == "the VPS is restored");
  CHECK(next.pause()->since == noon);
  store.end_pause(nobody);
  store.end_pause(nobody);
  CHECK_FALSE(StandingStore(disk, dir / "", 98).pause());
}

TEST_CASE("the next process knows since when a place is there and has never had a day") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore first(disk, dir / "", 98);
  CHECK(first.first_seen("vps", noon) == noon);
  first.keep({{"vps", {}}}, noon);
  StandingStore second(disk, dir / "", 98);
  CHECK(second.first_seen("vps", later) == noon);
  CHECK_FALSE(second.last_success("vps", later));
  second.keep({{"vps", {}}}, later);
  CHECK(StandingStore(disk, dir / "", 98).first_seen("vps", later + 1h) == noon);
  second.keep({{"vps", {later}}}, later + 5s);
  const StandingStore third(disk, dir / "", 98);
  CHECK(third.last_success("vps", later + 1h) == later);
  CHECK(third.first_seen("vps", later + 1h) == later + 1h);
}

TEST_CASE("the next process knows since when days fail") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  const Date day = parse_date("2026-01-04");
  StandingStore store(disk, dir / "", 98);
  store.keep({{"vps", {noon, {{day, noon - 5h}, {day - std::chrono::days(1), noon - 29h}}}}}, noon);
  const StandingStore::Since failing{{day, noon - 5h}, {day - std::chrono::days(1), noon - 29h}};
  CHECK(StandingStore(disk, dir / "", 98).failing("vps", later) == failing);
  CHECK(StandingStore(disk, dir / "", 98).failing("local", later).empty());
  store.keep({{"vps", {noon, {{day, noon - 5h}}}}}, noon + 2min);
  CHECK(StandingStore(disk, dir / "", 98).failing("vps", later).size() == 1);
}

TEST_CASE("the first success for long is written at once, the rest once in a minute") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  {
    StandingStore former(disk, dir / "", 98);
    former.keep({{"vps", {noon - 24h}}}, noon - 24h);
  }
  StandingStore store(disk, dir / "", 98);
  const auto written = [&] { return StandingStore(disk, dir / "", 98).last_success("vps", later); };
  store.keep({{"vps", {noon - 24h}}}, noon - 5s);  // nothing has got through yet
  store.keep({{"vps", {noon}}}, noon);
  CHECK(written() == noon);
  store.keep({{"vps", {noon + 50s}}}, noon + 50s);
  CHECK(written() == noon);
  store.keep({{"vps", {noon + 50s}}}, noon + 50s, true);
  CHECK(written() == noon + 50s);
  store.keep({{"vps", {noon + 110s}}}, noon + 110s);
  CHECK(written() == noon + 110s);
  store.keep({{"vps", {noon - 1h}}}, noon - 1h);  // the clock was set back
  CHECK(written() == noon - 1h);
}

TEST_CASE("a place of which nothing is told keeps what was known of it") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore(disk, dir / "", 98).keep({{"vps", {noon}}}, noon);
  StandingStore store(disk, dir / "", 98);
  store.keep({{"local", {noon + 1h}}}, noon + 1h);
  const StandingStore next(disk, dir / "", 98);
  CHECK(next.last_success("local", later) == noon + 1h);
  CHECK(next.last_success("vps", later) == noon);
}

TEST_CASE("a damaged file is nothing, and a pause of an earlier version is as old as its file") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  std::ofstream(dir / "last_successes") << "vps yesterday";
  std::ofstream(dir / "paused") << "moving house\n";
  StandingStore store(disk, dir / "", 98);
  CHECK_FALSE(store.last_success("vps", later));
  REQUIRE(store.pause());
  CHECK(store.pause()->reason == "moving house");
  CHECK(store.pause()->since > later);
}

TEST_CASE("a folder that cannot be written is told, and a pause that is not kept, too") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  std::ofstream(dir / "in the way") << "a file";
  StandingStore store(disk, dir / "in the way/state", 98);
  CHECK(store.problem().empty());
  std::exception_ptr refused;
  store.keep_pause("why", noon, [&](const std::exception_ptr& error) { refused = error; });
  loop.poll();
  REQUIRE(refused);
  CHECK_THAT(text_of(refused), contains("only until its process ends") && contains("make room"));
  CHECK_THAT(store.problem(), contains("the pause do not survive a restart"));
  fs::remove(dir / "in the way");
  store.keep({{"vps", {noon}}}, noon + 2min);
  loop.restart();
  loop.poll();
  CHECK(store.problem().empty());
  CHECK(StandingStore(disk, dir / "in the way/state", 98).pause()->reason == "why");
}

TEST_CASE("a pause is found where only systemd names the instance's folder") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore(disk, dir / "caja", 98).keep_pause("why", noon, nobody);
  StandingStore(disk, dir / "otra", 99).keep({}, noon);
  REQUIRE(find_pause(dir / "", 98));
  CHECK(find_pause(dir / "", 98)->reason == "why");
  CHECK(find_pause(dir / "caja", 98));
  CHECK_FALSE(find_pause(dir / "caja", 99));
  CHECK_FALSE(find_pause(dir / "", 99));
  CHECK_FALSE(find_pause(dir / "absent", 98));
}

TEST_CASE("what has gone from the folder is written anew, but no pause that has ended") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore store(disk, dir / "state", 98);
  store.keep_pause("why", noon, nobody);
  fs::remove_all(dir / "state");
  store.keep({{"vps", {noon}}}, noon + 2min);
  const StandingStore next(disk, dir / "state", 98);
  REQUIRE(next.pause());
  CHECK(next.pause()->since == noon);
  CHECK(next.last_success("vps", later) == noon);
  store.end_pause(nobody);
  store.keep({{"vps", {noon}}}, noon + 4min);
  CHECK_FALSE(StandingStore(disk, dir / "state", 98).pause());
}

TEST_CASE("another branch's folder is refused, and one without an owner gets one") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  std::ofstream(dir / "last_successes") << "vps 1767614400\n";
  StandingStore(disk, dir / "", 98).keep({}, noon);
  CHECK_NOTHROW(StandingStore(disk, dir / "", 98));
  CHECK_THROWS_WITH(
      StandingStore(disk, dir / "", 99),
      contains("paths.state") && contains("belongs to branch 98, and branch.id is 99"));
}
