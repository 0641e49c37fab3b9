// SPDX-License-Identifier: MIT
#include "lib/core/line_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::write_file;

LineFileOptions with_header(std::uintmax_t rotation_bytes = 1'000'000, unsigned keep = 3) {
  LineFileOptions options;
  options.rotation_bytes = rotation_bytes;
  options.keep_files = keep;
  options.header = "head";
  options.durable = true;
  return options;
}

std::vector<std::string> lines_of(const std::string& content) {
  std::istringstream in(content);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

TEST_CASE("a new file begins with the header, is not for everybody, and grows by whole lines") {
  const test::TempDir dir;
  LineFile file(dir / "x.csv", with_header());
  CHECK(read_file(dir / "x.csv") == "head\n");
  CHECK((mode_of(dir / "x.csv") & ~0640U) == 0);
  file.append("one");
  file.append("two\nlines");
  CHECK(read_file(dir / "x.csv") == "head\none\ntwo lines\n");
}

TEST_CASE("a file that was open to everybody is narrowed") {
  const test::TempDir dir;
  write_file(dir / "x.log", "old\n");
  fs::permissions(dir / "x.log", fs::perms(0666));
  const LineFile file(dir / "x.log", {});
  CHECK(mode_of(dir / "x.log") == 0640);
}

TEST_CASE("a file that exists is continued") {
  const test::TempDir dir;
  write_file(dir / "x.csv", "head\none\n");
  LineFile(dir / "x.csv", with_header()).append("two");
  LineFile(dir / "x.csv", with_header()).append("three");
  CHECK(read_file(dir / "x.csv") == "head\none\ntwo\nthree\n");
}

TEST_CASE("a torn last line is cut off at opening") {
  const auto [content, mended] = GENERATE(values<std::pair<std::string, std::string>>({
      {"head\none\ntw", "head\none\n"},
      {"head\none\n" + std::string(3, '\0'), "head\none\n"},
      {"head\none\n" + std::string(100'000, 'x'), "head\none\n"},
      {"head\none\n" + std::string(4096, '\0'), "head\none\n"},
      {"hea", "head\n"},
      {"head", "head\n"},
      {std::string(5000, '\0'), "head\n"},
  }));
  const test::TempDir dir;
  write_file(dir / "x.csv", content);
  LineFile file(dir / "x.csv", with_header());
  CHECK(read_file(dir / "x.csv") == mended);
  CHECK_FALSE(fs::exists(dir / "x.1.csv"));
}

TEST_CASE("a line that another process left torn while the file is open is cut off too") {
  const test::TempDir dir;
  LineFile file(dir / "x.csv", with_header());
  write_file(dir / "x.csv", "head\none\ntor");
  file.append("two");
  CHECK(read_file(dir / "x.csv") == "head\none\ntwo\n");
}

TEST_CASE("a file with another header is rotated away, one that a spreadsheet saved is not") {
  const test::TempDir dir;
  write_file(dir / "x.csv", "header\none\n");
  LineFile(dir / "x.csv", with_header()).append("two");
  CHECK(read_file(dir / "x.1.csv") == "header\none\n");
  CHECK(read_file(dir / "x.csv") == "head\ntwo\n");
  write_file(dir / "x.csv", "head\r\n");
  LineFile(dir / "x.csv", with_header()).append("three");
  CHECK(read_file(dir / "x.csv") == "head\r\nthree\n");
}

TEST_CASE("a full file is renamed, the newest has number 1 and the oldest goes") {
  const test::TempDir dir;
  LineFile file(dir / "x.csv", with_header(15));
  for (const auto* line : {"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee"})
    file.append(line);
  CHECK(read_file(dir / "x.csv") == "head\neeeeeeee\n");
  CHECK(read_file(dir / "x.1.csv") == "head\ndddddddd\n");
  CHECK(read_file(dir / "x.3.csv") == "head\nbbbbbbbb\n");
  CHECK_FALSE(fs::exists(dir / "x.4.csv"));
}

TEST_CASE("a line longer than the limit is written, once, in a file of its own") {
  const test::TempDir dir;
  LineFile file(dir / "x.csv", with_header(15));
  const std::string line(100, 'x');
  file.append(line);
  CHECK(read_file(dir / "x.csv") == "head\n" + line + '\n');
  file.append("next");
  CHECK(read_file(dir / "x.1.csv") == "head\n" + line + '\n');
  CHECK(read_file(dir / "x.csv") == "head\nnext\n");
}

TEST_CASE("rotated files of earlier runs count, also when fewer are kept now") {
  const test::TempDir dir;
  for (unsigned n = 1; n <= 6; ++n) write_file(LineFile::rotated(dir / "x.csv", n), "head\nold\n");
  LineFile file(dir / "x.csv", with_header(15, 2));
  file.append("aaaaaaaa");
  file.append("bbbbbbbb");
  CHECK(read_file(dir / "x.1.csv") == "head\naaaaaaaa\n");
  CHECK(read_file(dir / "x.2.csv") == "head\nold\n");
  CHECK_FALSE(fs::exists(dir / "x.3.csv"));
  CHECK_FALSE(fs::exists(dir / "x.6.csv"));
}

TEST_CASE("a rotation that a crash interrupted loses no file") {
  const test::TempDir dir;
  write_file(dir / "x.2.csv", "head\nsecond\n");  // 1 was renamed to 2, the current not yet to 1
  write_file(dir / "x.csv", "head\ncurrent\n");
  LineFile file(dir / "x.csv", with_header(15));
  file.append("aaaaaaaa");
  CHECK(read_file(dir / "x.2.csv") == "head\nsecond\n");
  CHECK(read_file(dir / "x.1.csv") == "head\ncurrent\n");
}

TEST_CASE("whoever has the file open notices that another rotated or removed it") {
  const test::TempDir dir;
  LineFile one(dir / "x.csv", with_header(25));
  LineFile two(dir / "x.csv", with_header(25));
  one.append("aaaaaaaa");
  two.append("bbbbbbbb");
  two.append("cccccccc");
  one.append("dddddddd");
  CHECK(read_file(dir / "x.1.csv") == "head\naaaaaaaa\nbbbbbbbb\n");
  CHECK(read_file(dir / "x.csv") == "head\ncccccccc\ndddddddd\n");
  fs::remove(dir / "x.csv");
  one.append("eeeeeeee");
  CHECK(read_file(dir / "x.csv") == "head\neeeeeeee\n");
}

void append_numbered(const fs::path& path, int writer, int count, std::uintmax_t rotation_bytes) {
  auto options = with_header(rotation_bytes, 1000);
  options.durable = false;
  options.lock_wait = std::chrono::minutes(2);
  LineFile file(path, options);
  for (int i = 0; i < count; ++i) {
    const auto size = static_cast<std::size_t>(i % 200);
    file.append(fmt::format("{}:{}:{}.", writer, i, std::string(size, 'x')));
  }
}

/// Every line of `writers` times `count` is there once, whole, in order; each file has one header.
void check_numbered(const fs::path& path, int writers, int count) {
  unsigned files = 0;
  while (fs::exists(LineFile::rotated(path, files + 1))) ++files;
  std::map<int, int> next;
  for (unsigned n = files + 1; n-- > 0;) {
    const auto content = read_file(n == 0 ? path : LineFile::rotated(path, n));
    REQUIRE(content.ends_with('\n'));
    const auto lines = lines_of(content);
    REQUIRE(lines.at(0) == "head");
    for (std::size_t i = 1; i < lines.size(); ++i) {
      int writer = -1;
      int number = -1;
      REQUIRE(std::sscanf(lines[i].c_str(), "%d:%d:", &writer, &number) == 2);
      REQUIRE(number == next[writer]++);
      const auto prefix = fmt::format("{}:{}:", writer, number);
      const auto size = static_cast<std::size_t>(number % 200);
      REQUIRE(lines[i] == prefix + std::string(size, 'x') + '.');
    }
  }
  REQUIRE(next.size() == static_cast<std::size_t>(writers));
  for (const auto& [writer, number] : next) CHECK(number == count);
}

TEST_CASE("processes that append and rotate at the same time lose and mix nothing") {
  const test::TempDir dir;
  {
    std::vector<std::unique_ptr<test::Child>> children;
    for (int writer = 0; writer < 4; ++writer)
      children.push_back(std::make_unique<test::Child>([&, writer] {
        append_numbered(dir / "x.csv", writer, 1000, 10'000);
        return 0;
      }));
    for (auto& child : children) CHECK(child->wait() == 0);
  }
  check_numbered(dir / "x.csv", 4, 1000);
}

TEST_CASE("threads with an object each append at the same time and lose and mix nothing") {
  const test::TempDir dir;
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < 4; ++writer)
      threads.emplace_back([&, writer] { append_numbered(dir / "x.csv", writer, 500, 10'000); });
  }
  check_numbered(dir / "x.csv", 4, 500);
}

TEST_CASE("a process that is killed at any moment leaves whole lines only") {
  const test::TempDir dir;
  const auto path = dir / "x.csv";
  for (int round = 0; round < 5; ++round) {
    const auto before = fs::exists(path) ? fs::file_size(path) : 0;
    test::Child child([&] {
      LineFile file(path, with_header());
      for (;;) file.append(std::string(300, 'x'));
      return 0;
    });
    while (!fs::exists(path) || fs::file_size(path) < before + 5'000) std::this_thread::yield();
    child.kill(SIGKILL);
    CHECK(child.wait() == -SIGKILL);
    LineFile(path, with_header()).append("alive");
  }
  auto lines = lines_of(read_file(path));
  CHECK(std::count(lines.begin(), lines.end(), "alive") == 5);
  const std::set<std::string> kinds(lines.begin(), lines.end());
  CHECK(kinds == std::set<std::string>{"head", "alive", std::string(300, 'x')});
}

/// 0 when append() throws the right error, 1 when it throws none, 2 when another.
int append_to_full_disk(LineFile& file) {
  try {
    file.append(std::string(300, 'x'));
  } catch (const Error& error) {
    const std::string text = error.what();
    const bool named = text.find("x.csv: ") != std::string::npos;
    const bool remedy = text.find("; free some disk space") != std::string::npos ||
                        text.find("; raise the file size limit") != std::string::npos;
    const bool kind =
        error.error_class() == ErrorClass::transient && error.cause() == ErrorCause::internal;
    return named && remedy && kind ? 0 : 2;
  }
  return 1;
}

TEST_CASE("a line that does not fit on the disk leaves no trace, and the next one is whole") {
  const test::TempDir dir;
  const auto limit = GENERATE(values<rlim_t>({1000, 1001, 1150, 1300}));
  write_file(dir / "x.csv", "head\n" + std::string(994, 'a') + "\n");
  test::Child child([&] {
    LineFile file(dir / "x.csv", with_header());
    test::limit_file_size(limit);
    if (const int wrong = append_to_full_disk(file); wrong != 0) return wrong;
    if (fs::file_size(dir / "x.csv") != 1000) return 3;
    test::limit_file_size(RLIM_INFINITY);
    file.append("fits");
    return 0;
  });
  CHECK(child.wait() == 0);
  CHECK(read_file(dir / "x.csv") == "head\n" + std::string(994, 'a') + "\nfits\n");
}

TEST_CASE("a header that does not fit on the disk is written later") {
  const test::TempDir dir;
  write_file(dir / "x.csv", "other\n");
  test::Child child([&] {
    test::limit_file_size(3);
    for (int i = 0; i < 3; ++i) try {
        LineFile(dir / "x.csv", with_header());
        return 1;
      } catch (const Error&) {
      }
    test::limit_file_size(RLIM_INFINITY);
    LineFile(dir / "x.csv", with_header()).append("one");
    return 0;
  });
  CHECK(child.wait() == 0);
  CHECK(read_file(dir / "x.csv") == "head\none\n");
  CHECK(read_file(dir / "x.1.csv") == "other\n");
  CHECK_FALSE(fs::exists(dir / "x.2.csv"));
}

TEST_CASE("a path that cannot be written is an error that names it and the remedy") {
  const test::TempDir dir;
  fs::create_directory(dir / "folder.csv");
  CHECK_THROWS_WITH(LineFile(dir / "missing/x.csv", {}),
                    test::contains("missing/x.csv: No such file or directory; create its folder"));
  CHECK_THROWS_WITH(LineFile(dir / "folder.csv", {}), test::contains("; choose another path"));
  CHECK_THROWS_WITH(LineFile("/dev/full", {}), test::contains("; choose another path"));
}

TEST_CASE("a process that keeps the lock does not stop us for ever") {
  const test::TempDir dir;
  auto options = with_header();
  options.lock_wait = std::chrono::milliseconds(10);
  LineFile file(dir / "x.csv", options);
  const int holder = ::open((dir / "x.csv").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(holder, LOCK_EX) == 0);
  CHECK_THROWS_WITH(file.append("lost"), test::contains("cannot lock"));
  ::close(holder);
  file.append("one");
  CHECK(read_file(dir / "x.csv") == "head\none\n");
}

TEST_CASE("when the folder forbids a rotation the line is still written") {
  const test::TempDir dir;
  LineFile file(dir / "x.csv", with_header(15));
  file.append("aaaaaaaa");
  fs::create_directories(dir / "x.1.csv/a");  // cannot be renamed over, nor removed
  fs::create_directories(dir / "x.2.csv/a");
  fs::create_directories(dir / "x.3.csv/a");
  file.append("bbbbbbbb");
  CHECK(read_file(dir / "x.csv") == "head\naaaaaaaa\nbbbbbbbb\n");
}

}  // namespace
}  // namespace consolidador
