// SPDX-License-Identifier: MIT
#include "tests/power_cut/power_cut.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "daemon/service/request_store.hpp"
#include "lib/core/log.hpp"
#include "lib/report/bitacora.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;
using test::DiskState;
using test::Recording;
using test::TempDir;

const Date first_day = parse_date("2026-01-01");
const auto registered = parse_utc("2026-01-02 03:04:05");

BitacoraEntry entry(int day) {
  BitacoraEntry entry;
  entry.date = first_day + std::chrono::days(day);
  entry.error = std::string(static_cast<std::size_t>(day) * 7, 'x');
  entry.registered = registered;
  return entry;
}

/// The current file last.
std::vector<fs::path> oldest_first(const fs::path& path) {
  std::vector<fs::path> files{path};
  for (unsigned n = 1; fs::exists(LineFile::rotated(path, n)); ++n)
    files.insert(files.begin(), LineFile::rotated(path, n));
  return files;
}

std::vector<std::string> whole_lines(const fs::path& path) {
  const auto content = test::read_file(path);
  REQUIRE((content.empty() || content.ends_with('\n')));
  std::istringstream in(content);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The power returns: gives `check` each state of the disk in a folder of its own.
template <typename Check>
void after_each_cut(const Recording& recording, Check check) {
  const auto states = states_after_power_cuts(recording);
  CHECK(states.size() > recording.operations().size());
  for (const DiskState& state : states) {
    const TempDir disk;
    state.write_to(disk / "");
    check(disk, state.acknowledged);
  }
}

BitacoraOptions small_files() {
  return {.rotation_bytes = 300, .keep_files = 100};
}

/// Each line of the bot's file is there, every file of ours has one header and else whole entries.
std::vector<BitacoraEntry> whole_entries(const fs::path& path) {
  std::vector<BitacoraEntry> entries;
  for (const auto& file : oldest_first(path)) {
    const auto lines = whole_lines(file);
    const auto read = read_bitacora(file);
    REQUIRE(lines.at(0).starts_with("fecha,estado,"));
    REQUIRE(lines.size() == 1 + read.size());
    entries.insert(entries.end(), read.begin(), read.end());
  }
  return entries;
}

TEST_CASE("after a power cut the bitacora has every entry that was written, and whole lines only") {
  const TempDir dir;
  const std::string of_the_bot =
      "fecha,estado,intentos,filas,error,fecha_registro\n2025-12-31,OK,1,7,,2026-01-01 00:00:00\n";
  test::write_file(dir / "bitacora.csv", of_the_bot + "2026-01-0");
  Recording recording(dir / "");
  {
    Bitacora bitacora(dir / "bitacora.csv", small_files());
    recording.acknowledge();
    for (int day = 1; day <= 10; ++day) {
      bitacora.append(entry(day));
      recording.acknowledge();
    }
  }
  recording.finish();

  after_each_cut(recording, [](const TempDir& disk, std::size_t acknowledged) {
    Bitacora(disk / "bitacora.csv", small_files()).append(entry(99));
    const auto entries = whole_entries(disk / "bitacora.csv");
    REQUIRE(entries.size() >= std::max<std::size_t>(1, acknowledged) + 1);
    REQUIRE(to_string(entries.front().date) == "2025-12-31");
    for (std::size_t i = 1; i + 1 < entries.size(); ++i)
      REQUIRE(entries[i] == entry(static_cast<int>(i)));
    REQUIRE(entries.back() == entry(99));
  });
}

void start_log(const fs::path& file) {
  log::Options options;
  options.console_level = log::Level::error;
  options.file = file;
  options.rotation_bytes = 200;
  options.keep_files = 100;
  log::start(options);
}

TEST_CASE("after a power cut bot.log has whole lines only, and lacks none but the last") {
  const TempDir dir;
  Recording recording(dir / "");
  start_log(dir / "bot.log");
  for (int i = 0; i < 12; ++i) log::info("line {} {}.", i, std::string(20, 'x'));
  log::start({});
  recording.finish();

  after_each_cut(recording, [](const TempDir& disk, std::size_t) {
    start_log(disk / "bot.log");
    log::info("line after the cut");
    log::start({});
    std::vector<std::string> lines;
    for (const auto& file : oldest_first(disk / "bot.log"))
      for (const auto& line : whole_lines(file)) lines.push_back(line.substr(line.find("line")));
    for (std::size_t i = 0; i + 1 < lines.size(); ++i)
      REQUIRE(lines[i] == fmt::format("line {} {}.", i, std::string(20, 'x')));
    REQUIRE(lines.back() == "line after the cut");
  });
}

using Ids = std::set<std::uint64_t>;

Ids ids_of(const std::vector<StoredRequest>& requests) {
  Ids ids;
  for (const auto& request : requests) {
    REQUIRE(request.kind == RequestKind::reprocess);
    REQUIRE(request.range == DateRange{first_day, first_day + std::chrono::days(1)});
    REQUIRE(ids.insert(request.id).second);
  }
  return ids;
}

TEST_CASE("after a power cut every accepted request is there until it is finished, and only once") {
  const TempDir dir;
  fs::create_directory(dir / "state");
  Recording recording(dir / "");
  RequestStore store(dir / "state/requests");
  const std::vector<Ids> accepted{{}, {1}, {1, 2}, {2}, {2, 3}};
  const auto save = [&](std::uint64_t id) {
    store.save({id, RequestKind::reprocess, {first_day, first_day + std::chrono::days(1)}});
    recording.acknowledge();
  };
  save(1);
  save(2);
  recording.acknowledge();
  store.remove(1);
  save(3);
  recording.finish();

  after_each_cut(recording, [&](const TempDir& disk, std::size_t acknowledged) {
    RequestStore after(disk / "state/requests");
    const auto found = ids_of(after.load());
    REQUIRE(std::ranges::includes(found, accepted.at(acknowledged)));
    REQUIRE(std::ranges::includes(Ids{1, 2, 3}, found));
    for (const auto id : found) after.remove(id);
    REQUIRE(RequestStore(disk / "state/requests").load().empty());
  });
}

}  // namespace
}  // namespace consolidador
