// SPDX-License-Identifier: MIT
#include "daemon/service/standing_store.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/logged.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
using test::contains;

namespace {

const StandingStore::Instant noon{1'767'614'400s};
const StandingStore::Instant later = noon + 24h;

}  // namespace

TEST_CASE("the next process knows when a day last got through, and a pause") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore store(disk, dir / "");
  CHECK_FALSE(store.last_success("local", later));
  CHECK_FALSE(store.pause());
  store.keep({{"local", {noon}}, {"vps", {noon - 72h}}}, noon);
  store.keep_pause("the VPS\nis restored");
  const StandingStore next(disk, dir / "");
  CHECK(next.last_success("local", later) == noon);
  CHECK(next.last_success("vps", later) == noon - 72h);
  CHECK(next.last_success("vps", noon - 96h) == noon - 96h);  // the clock was set back
  CHECK(next.pause() == "the VPS is restored");
  store.end_pause();
  store.end_pause();
  CHECK_FALSE(StandingStore(disk, dir / "").pause());
}

TEST_CASE("the next process knows since when a place is there and has never had a day") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore first(disk, dir / "");
  CHECK(first.first_seen("vps", noon) == noon);
  first.keep({{"vps", {}}}, noon);
  StandingStore second(disk, dir / "");
  CHECK(second.first_seen("vps", later) == noon);
  CHECK_FALSE(second.last_success("vps", later));
  second.keep({{"vps", {}}}, later);
  CHECK(StandingStore(disk, dir / "").first_seen("vps", later + 1h) == noon);
  second.keep({{"vps", {later}}}, later + 5s);
  const StandingStore third(disk, dir / "");
  CHECK(third.last_success("vps", later + 1h) == later);
  CHECK(third.first_seen("vps", later + 1h) == later + 1h);
}

TEST_CASE("the next process knows since when days fail") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  const Date day = parse_date("2026-01-04");
  StandingStore store(disk, dir / "");
  store.keep({{"vps", {noon, {{day, noon - 5h}, {day - std::chrono::days(1), noon - 29h}}}}}, noon);
  const StandingStore::Since failing{{day, noon - 5h}, {day - std::chrono::days(1), noon - 29h}};
  CHECK(StandingStore(disk, dir / "").failing("vps", later) == failing);
  CHECK(StandingStore(disk, dir / "").failing("local", later).empty());
  store.keep({{"vps", {noon, {{day, noon - 5h}}}}}, noon + 2min);
  CHECK(StandingStore(disk, dir / "").failing("vps", later).size() == 1);
}

TEST_CASE("the first success for long is written at once, the rest once in a minute") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  {
    StandingStore former(disk, dir / "");
    former.keep({{"vps", {noon - 24h}}}, noon - 24h);
  }
  StandingStore store(disk, dir / "");
  const auto written = [&] { return StandingStore(disk, dir / "").last_success("vps", later); };
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
  StandingStore(disk, dir / "").keep({{"vps", {noon}}}, noon);
  StandingStore store(disk, dir / "");
  store.keep({{"local", {noon + 1h}}}, noon + 1h);
  const StandingStore next(disk, dir / "");
  CHECK(next.last_success("local", later) == noon + 1h);
  CHECK(next.last_success("vps", later) == noon);
}

TEST_CASE("a damaged file is nothing, and one that cannot be written is told") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  std::ofstream(dir / "last_successes") << "vps yesterday";
  StandingStore store(disk, dir / "");
  CHECK_FALSE(store.last_success("vps", later));
  StandingStore nowhere(disk, dir / "absent");
  const auto text = test::logged([&] {
    nowhere.keep_pause("why");
    nowhere.keep({{"vps", {noon}}}, noon);
    loop.poll();
  });
  CHECK_THAT(text, contains("the pause does not survive a restart"));
  CHECK_THAT(text, contains("last_successes"));
}
