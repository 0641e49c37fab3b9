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

/// A state folder, and the processes of a branch that have it one after the other.
struct Bench {
  StandingStore next(const char* below = "", std::int32_t branch_id = 98) {
    return {disk, dir / below, branch_id};
  }

  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk{loop, writer};
};

}  // namespace

TEST_CASE("the next process knows when a day last got through, and a pause") {
  Bench bench;
  StandingStore store = bench.next();
  CHECK_FALSE(store.last_success("local", later));
  CHECK_FALSE(store.pause());
  store.keep({{"local", {noon}}, {"vps", {noon - 72h}}}, noon);
  store.keep_pause("the VPS\nis restored", noon, nobody);
  const StandingStore next = bench.next();
  CHECK(next.last_success("local", later) == noon);
  CHECK(next.last_success("vps", later) == noon - 72h);
  CHECK(next.last_success("vps", noon - 96h) == noon - 96h);  // the clock was set back
  REQUIRE(next.pause());
  CHECK(next.pause()->reason == "the VPS is restored");
  CHECK(next.pause()->since == noon);
  store.end_pause(nobody);
  store.end_pause(nobody);
  CHECK_FALSE(bench.next().pause());
}

TEST_CASE("the next process knows since when a place is there and has never had a day") {
  Bench bench;
  StandingStore first = bench.next();
  CHECK(first.first_seen("vps", noon) == noon);
  first.keep({{"vps", {}}}, noon);
  StandingStore second = bench.next();
  CHECK(second.first_seen("vps", later) == noon);
  CHECK_FALSE(second.last_success("vps", later));
  second.keep({{"vps", {}}}, later);
  CHECK(bench.next().first_seen("vps", later + 1h) == noon);
  CHECK(bench.next().first_seen("vps", noon - 1h) == noon - 1h);  // the clock was set back
  second.keep({{"vps", {later}}}, later + 5s);
  const StandingStore third = bench.next();
  CHECK(third.last_success("vps", later + 1h) == later);
  CHECK(third.first_seen("vps", later + 1h) == later + 1h);
}

TEST_CASE("the next process knows since when days fail") {
  Bench bench;
  const Date day = parse_date("2026-01-04");
  StandingStore store = bench.next();
  store.keep({{"vps", {noon, {{day, noon - 5h}, {day - std::chrono::days(1), noon - 29h}}}}}, noon);
  const StandingStore::Since failing{{day, noon - 5h}, {day - std::chrono::days(1), noon - 29h}};
  CHECK(bench.next().failing("vps", later) == failing);
  CHECK(bench.next().failing("local", later).empty());
  CHECK(bench.next().failing("vps", noon - 6h).at(day) == noon - 6h);  // the clock was set back
  store.keep({{"vps", {noon, {{day, noon - 5h}}}}}, noon + 2min);
  CHECK(bench.next().failing("vps", later).size() == 1);
}

TEST_CASE("the next process knows when an old day was last verified") {
  Bench bench;
  bench.next().keep({{"vps", {noon, {}, noon - 48h}}, {"local", {noon}}}, noon);
  CHECK(bench.next().last_verification("vps", later) == noon - 48h);
  CHECK(bench.next().last_verification("vps", noon - 72h) == noon - 72h);  // set back
  CHECK_FALSE(bench.next().last_verification("local", later));
}

TEST_CASE("of very many days that fail those are kept that are oldest") {
  Bench bench;
  StandingStore::Since failing;
  for (int day = 0; day < 150; ++day)
    failing[parse_date("2025-01-01") + std::chrono::days(day)] = noon;
  bench.next().keep({{"vps", {noon, failing}}}, noon);
  CHECK(bench.next().failing("vps", later).size() == 100);
  CHECK(bench.next().failing("vps", later).begin()->first == parse_date("2025-01-01"));
}

TEST_CASE("first successes and failures are written at once, the rest once in a minute") {
  Bench bench;
  {
    StandingStore former = bench.next();
    former.keep({{"vps", {noon - 24h}}}, noon - 24h);
  }
  StandingStore store = bench.next();
  const auto written = [&] { return bench.next().last_success("vps", later); };
  store.keep({{"vps", {noon - 24h}}}, noon - 5s);  // nothing has got through yet
  store.keep({{"vps", {noon}}}, noon);
  CHECK(written() == noon);
  store.keep({{"vps", {noon + 40s}}}, noon + 40s);
  CHECK(written() == noon);
  const StandingStore::Since first{{parse_date("2026-01-04"), noon}};
  store.keep({{"vps", {noon + 45s, first}}}, noon + 45s);
  CHECK(written() == noon + 45s);
  auto second = first;
  second[parse_date("2026-01-03")] = noon;
  store.keep({{"vps", {noon + 46s, second}}},
             noon + 46s);  // a file of its own for each is too much
  CHECK(written() == noon + 45s);
  store.keep({{"vps", {noon + 50s}}}, noon + 50s, true);
  CHECK(written() == noon + 50s);
  store.keep({{"vps", {noon + 110s}}}, noon + 110s);
  CHECK(written() == noon + 110s);
  store.keep({{"vps", {noon - 1h}}}, noon - 1h);  // the clock was set back
  CHECK(written() == noon - 1h);
}

TEST_CASE("a place of which nothing is told keeps what was known of it") {
  Bench bench;
  bench.next().keep({{"vps", {noon}}}, noon);
  StandingStore store = bench.next();
  store.keep({{"local", {noon + 1h}}}, noon + 1h);
  store.keep({{"vps", {}}}, noon + 1h, true);  // no day has got through in this process
  const StandingStore next = bench.next();
  CHECK(next.last_success("local", later) == noon + 1h);
  CHECK(next.last_success("vps", later) == noon);
  CHECK(next.first_seen("vps", later) == later);
}

TEST_CASE("a damaged file is nothing, and a pause of an earlier version is as old as its file") {
  Bench bench;
  std::ofstream(bench.dir / "last_successes") << "vps yesterday";
  std::ofstream(bench.dir / "paused") << "moving house\n";
  StandingStore store = bench.next();
  CHECK_FALSE(store.last_success("vps", later));
  REQUIRE(store.pause());
  CHECK(store.pause()->reason == "moving house");
  CHECK(store.pause()->since > later);
}

TEST_CASE("a folder that cannot be written is told, and a pause that is not kept, too") {
  Bench bench;
  std::ofstream(bench.dir / "in the way") << "a file";
  StandingStore store = bench.next("in the way/state");
  CHECK(store.problem().empty());
  std::exception_ptr refused;
  store.keep_pause("why", noon, [&](const std::exception_ptr& error) { refused = error; });
  bench.loop.poll();
  REQUIRE(refused);
  CHECK_THAT(text_of(refused), contains("only until its process ends") && contains("make room"));
  CHECK_THAT(store.problem(), contains("the pause do not survive a restart"));
  fs::remove(bench.dir / "in the way");
  store.keep({{"vps", {noon}}}, noon + 2min);
  bench.loop.restart();
  bench.loop.poll();
  CHECK(store.problem().empty());
  CHECK(bench.next("in the way/state").pause()->reason == "why");
}

TEST_CASE("whatever lies in the place of a pause is one") {
  Bench bench;
  SECTION("a link to nowhere") {
    std::filesystem::create_symlink("nowhere", bench.dir / "paused");
  }
  SECTION("a folder") {
    std::filesystem::create_directory(bench.dir / "paused");
  }
  REQUIRE(bench.next().pause());
  CHECK_THAT(bench.next().pause()->reason, test::contains("cannot be read"));
}

TEST_CASE("a pause is found where only systemd names the instance's folder") {
  Bench bench;
  bench.next("caja").keep_pause("why", noon, nobody);
  bench.next("otra", 99).keep({}, noon);
  REQUIRE(find_pause(bench.dir / "", 98));
  CHECK(find_pause(bench.dir / "", 98)->reason == "why");
  CHECK(find_pause(bench.dir / "caja", 98));
  CHECK_FALSE(find_pause(bench.dir / "caja", 99));
  CHECK_FALSE(find_pause(bench.dir / "", 99));
  CHECK_FALSE(find_pause(bench.dir / "absent", 98));
}

TEST_CASE("what has gone from the folder is written anew, but no pause that has ended") {
  Bench bench;
  StandingStore store = bench.next("state");
  store.keep_pause("why", noon, nobody);
  fs::remove_all(bench.dir / "state");
  store.keep({{"vps", {noon}}}, noon + 2min);
  const StandingStore next = bench.next("state");
  REQUIRE(next.pause());
  CHECK(next.pause()->since == noon);
  CHECK(next.last_success("vps", later) == noon);
  store.end_pause(nobody);
  store.keep({{"vps", {noon}}}, noon + 4min);
  CHECK_FALSE(bench.next("state").pause());
}

TEST_CASE("another branch's folder is refused, and one without an owner gets one") {
  Bench bench;
  std::ofstream(bench.dir / "last_successes") << "vps 1767614400\n";
  bench.next().keep({}, noon);
  CHECK_NOTHROW(bench.next());
  CHECK_THROWS_WITH(bench.next("", 99), contains("paths.state") &&
                                            contains("belongs to branch 98, and branch.id is 99"));
}
