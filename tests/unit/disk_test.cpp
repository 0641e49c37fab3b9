// SPDX-License-Identifier: MIT
#include "daemon/service/disk.hpp"

#include <latch>

#include "daemon/service/kept_lines.hpp"
#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/loop_test.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::test;
using namespace std::chrono_literals;

namespace {

struct Bench {
  Bench() { writer.start(); }
  asio::io_context loop{1};
  Writer writer;
  Disk disk{loop, writer};
};

/// The writer stands still until it is let go.
class HungDisk {
 public:
  explicit HungDisk(Writer& writer) {
    if (!writer.post([release = release_] { release->wait(); })) throw std::runtime_error("full");
  }
  ~HungDisk() { let_go(); }
  void let_go() {
    if (!std::exchange(let_go_, true)) release_->count_down();
  }

 private:
  std::shared_ptr<std::latch> release_ = std::make_shared<std::latch>(1);
  bool let_go_ = false;
};

BitacoraEntry entry(int day) {
  BitacoraEntry entry;
  entry.date = parse_date("2026-01-01") + std::chrono::days(day);
  entry.estado = Estado::ok;
  return entry;
}

}  // namespace

TEST_CASE("work for the disk comes back to the loop, with what it threw") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    const auto here = std::this_thread::get_id();
    bool elsewhere = false;
    std::function<void()> good = [&] { elsewhere = std::this_thread::get_id() != here; };
    co_await b.disk.run(good);
    require(elsewhere, "on the loop's thread");
    require(std::this_thread::get_id() == here, "not back");
    std::function<void()> bad = [] { throw std::runtime_error("no space left"); };
    std::string failure;
    try {
      co_await b.disk.run(bad);
    } catch (const std::exception& error) {
      failure = error.what();
    }
    require(failure == "no space left", "the failure was lost");
  });
}

TEST_CASE("the loop turns while the disk hangs, and tells when all of it is done") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    HungDisk hung(b.writer);
    std::vector<int> order;
    bool all = false, idle = false;
    b.disk.when_idle([&] { idle = true; });
    for (int i = 0; i < 3; ++i)
      b.disk.begin([] {}, [&, i](const std::exception_ptr&) { order.push_back(i); });
    b.disk.after_all([&] { all = true; });
    for (int i = 0; i < 1'000; ++i) co_await asio::post(b.loop, asio::use_awaitable);
    require(order.empty() && !all && !b.disk.idle(), "told too early");
    hung.let_go();
    co_await until(b.loop, [&] { return idle; });
    require(all && order == std::vector{0, 1, 2}, "not in their order");
  });
}

TEST_CASE("where too much waits for the disk, the next is told so and is not done") {
  Bench bench;
  run_on_loop<Bench>(bench.loop, bench, [](Bench& b) -> Task<> {
    HungDisk hung(b.writer);
    while (b.writer.post([] {})) {
    }
    bool done = false;
    std::function<void()> work = [&] { done = true; };
    std::string failure;
    try {
      co_await b.disk.run(work);
    } catch (const Error& error) {
      failure = error.what();
    }
    require(failure.find("the disk does not answer") != std::string::npos, "accepted");
    hung.let_go();
    co_await until(b.loop, [&] { return b.disk.idle(); });
    require(!done, "done all the same");
  });
}

TEST_CASE("lines of the bitacora wait for a disk that hangs, in their order, and are told about") {
  Bench bench;
  const TempDir dir;
  KeptLines lines(bench.disk, dir / "bitacora.csv");
  HungDisk hung(bench.writer);
  for (int day = 0; day < 250; ++day) lines.append(entry(day));
  bench.loop.poll();
  CHECK(lines.waiting() == 250);
  CHECK(lines.problem().empty());
  CHECK_THAT(lines.problem(SteadyClock::now() + 1h), contains("250 lines of the bitacora wait"));
  CHECK_THAT(lines.problem(SteadyClock::now() + 1h), contains("the disk does not answer"));
  hung.let_go();
  bench.loop.restart();
  bench.loop.run();
  CHECK(lines.waiting() == 0);
  const auto written = read_bitacora(dir / "bitacora.csv");
  REQUIRE(written.size() == 250);
  CHECK(std::ranges::is_sorted(written, {}, &BitacoraEntry::date));
}

TEST_CASE("of more lines than are kept the oldest go, and it is said how many") {
  Bench bench;
  const TempDir dir;
  KeptLines lines(bench.disk, dir / "bitacora.csv");
  HungDisk hung(bench.writer);
  for (std::size_t i = 0; i < KeptLines::most_kept + 7; ++i) lines.append(entry(1));
  CHECK(lines.waiting() == KeptLines::most_kept);
  CHECK_THAT(lines.problem(SteadyClock::now() + 1h), contains(", and 7 could not be kept"));
  hung.let_go();
  CHECK(bench.writer.drain(1h));
}
