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
  store.keep_successes({{"local", noon}, {"vps", noon - 72h}}, noon);
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

TEST_CASE("successes are written once in five minutes, at the stop, and after a clock went back") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore store(disk, dir / "");
  const auto written = [&] { return StandingStore(disk, dir / "").last_success("vps", later); };
  store.keep_successes({{"vps", noon}}, noon);
  store.keep_successes({{"vps", noon + 4min}}, noon + 4min);
  CHECK(written() == noon);
  store.keep_successes({{"vps", noon + 4min}}, noon + 4min, true);
  CHECK(written() == noon + 4min);
  store.keep_successes({{"vps", noon + 9min}}, noon + 9min);
  CHECK(written() == noon + 9min);
  store.keep_successes({{"vps", noon - 1h}}, noon - 1h);
  CHECK(written() == noon - 1h);
}

TEST_CASE("a place of which nothing is told keeps what was known of it") {
  const test::TempDir dir;
  asio::io_context loop{1};
  Writer writer;
  Disk disk(loop, writer);
  StandingStore(disk, dir / "").keep_successes({{"vps", noon}}, noon);
  StandingStore store(disk, dir / "");
  store.keep_successes({{"local", noon + 1h}}, noon + 1h);
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
    nowhere.keep_successes({{"vps", noon}}, noon);
    loop.poll();
  });
  CHECK_THAT(text, contains("the pause does not survive a restart"));
  CHECK_THAT(text, contains("last_successes"));
}
