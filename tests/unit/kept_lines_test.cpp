// SPDX-License-Identifier: MIT
#include "daemon/service/kept_lines.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using test::contains;

namespace {

BitacoraEntry entry(int day) {
  BitacoraEntry entry;
  entry.date = parse_date("2026-01-01") + std::chrono::days(day);
  entry.estado = Estado::ok;
  entry.branch = 99;
  return entry;
}

/// Without a thread for the disk.
struct Loop {
  asio::io_context loop{1};
  Writer writer;
  Disk disk{loop, writer};

  void run() {
    loop.restart();
    loop.run();
  }
};

/// The folder is gone, and cannot be made.
void block(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  test::write_file(folder, "a file in the way");
}

std::filesystem::path made(const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder);
  return folder;
}

/// Lines that cannot be written: a file lies in the place of their folder.
struct Blocked {
  Blocked() { block(dir / "logs"); }

  const test::TempDir dir;
  Loop loop;
  KeptLines lines{loop.disk, made(dir / "logs") / "bitacora.csv"};
};

}  // namespace

TEST_CASE("a folder that is gone is made anew, and no line is lost") {
  const test::TempDir dir;
  Loop loop;
  KeptLines lines(loop.disk, made(dir / "logs") / "bitacora.csv");
  lines.append(entry(1));
  loop.run();
  std::filesystem::remove_all(dir / "logs");
  lines.append(entry(2));
  loop.run();
  CHECK(lines.problem().empty());
  CHECK(read_bitacora(dir / "logs/bitacora.csv").size() == 1);
}

TEST_CASE("one line that waits is told of as one") {
  Blocked blocked;
  auto& [dir, loop, lines] = blocked;
  lines.append(entry(1));
  loop.run();
  CHECK_THAT(lines.problem(), contains("1 line of the bitacora waits: "));
}

TEST_CASE("lines wait while they cannot be written, and come in their order") {
  Blocked blocked;
  auto& [dir, loop, lines] = blocked;
  for (int day = 1; day <= 3; ++day) lines.append(entry(day));
  loop.run();
  CHECK_THAT(lines.problem(), contains("3 lines of the bitacora wait: "));
  CHECK_THAT(lines.problem(), contains("create its folder"));
  lines.retry();
  loop.run();
  std::filesystem::remove(dir / "logs");
  lines.retry();
  loop.run();
  CHECK(lines.problem().empty());
  const auto written = read_bitacora(dir / "logs/bitacora.csv");
  REQUIRE(written.size() == 3);
  CHECK(written[0].date < written[2].date);
}

TEST_CASE("what waits goes to the file of a new configuration") {
  Blocked blocked;
  auto& [dir, loop, lines] = blocked;
  lines.append(entry(1));
  loop.run();
  lines.replace(std::make_shared<Bitacora>(dir / "other.csv"), dir / "other.csv");
  loop.run();
  CHECK(lines.problem().empty());
  CHECK(read_bitacora(dir / "other.csv").size() == 1);
}
