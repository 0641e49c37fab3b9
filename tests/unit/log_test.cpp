// SPDX-License-Identifier: MIT
#include "lib/core/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;
using test::read_file;

// Sinks and stderr belong to the whole process: each case logs in a child of its own.

void send_stderr_to(const fs::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(file, STDERR_FILENO);
  if (file != STDERR_FILENO) ::close(file);
}

/// Runs `work` with stderr in the file "console".
template <typename Work>
int in_child(const test::TempDir& dir, Work work) {
  return test::Child([&] {
           send_stderr_to(dir / "console");
           work();
           return 0;
         })
      .wait();
}

log::Options to_file(const test::TempDir& dir) {
  log::Options options;
  options.file = dir / "bot.log";
  return options;
}

struct FormattingFails {};

}  // namespace
}  // namespace consolidador

template <>
struct fmt::formatter<consolidador::FormattingFails> {
  constexpr auto parse(format_parse_context& context) { return context.begin(); }
  format_context::iterator format(consolidador::FormattingFails, format_context&) const {
    throw std::runtime_error("cannot be formatted");
  }
};

namespace consolidador {
namespace {

TEST_CASE("before the start, messages of level info and above go to stderr without a time") {
  const test::TempDir dir;
  CHECK(in_child(dir, [] {
          log::debug("hidden");
          log::info("{} rows", 12);
          log::warning("text");
          log::error("bad");
        }) == 0);
  CHECK(read_file(dir / "console") == "info: 12 rows\nwarning: text\nerror: bad\n");
}

TEST_CASE("a line of the file begins with the time in UTC and the level") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          log::start(to_file(dir));
          log::info("message");
          log::warning("message");
          log::error("message");
        }) == 0);
  const std::string time = R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ )";
  const std::regex expected(time + "INFO  message\n" + time + "WARN  message\n" + time +
                            "ERROR message\n");
  CHECK(std::regex_match(read_file(dir / "bot.log"), expected));
}

TEST_CASE("file and stderr have a level each") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          auto options = to_file(dir);
          options.level = log::Level::debug;
          options.console_level = log::Level::error;
          log::start(options);
          log::debug("one");
          log::warning("two");
          log::error("three");
        }) == 0);
  CHECK(read_file(dir / "console") == "error: three\n");
  const auto content = read_file(dir / "bot.log");
  CHECK(std::count(content.begin(), content.end(), '\n') == 3);
}

TEST_CASE("without a file only stderr is written") {
  const test::TempDir dir;
  CHECK(in_child(dir, [] {
          log::Options options;
          options.console_level = log::Level::debug;
          log::start(options);
          log::debug("text");
        }) == 0);
  CHECK(read_file(dir / "console") == "debug: text\n");
}

TEST_CASE("one event stays one line, whatever its text") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          log::start(to_file(dir));
          log::write(log::Level::info, "a\nb\r\x1b[2J\tc");
          log::write(log::Level::info, {"nul \0 byte", 10});
          log::write(log::Level::info, "{} %s Peña");
          log::write(log::Level::info, "");
        }) == 0);
  CHECK(read_file(dir / "console") ==
        "info: a b  [2J c\ninfo: nul   byte\ninfo: {} %s Peña\ninfo: \n");
  const auto content = read_file(dir / "bot.log");
  CHECK(std::count(content.begin(), content.end(), '\n') == 4);
}

TEST_CASE("a message that cannot be composed is logged as its format") {
  const test::TempDir dir;
  CHECK(in_child(dir, [] { log::info("value {}", FormattingFails{}); }) == 0);
  CHECK(read_file(dir / "console") == "info: value {}\n");
}

TEST_CASE("the file is continued after a restart and not rotated at the end") {
  const test::TempDir dir;
  for (int i = 0; i < 3; ++i)
    CHECK(in_child(dir, [&] {
            log::start(to_file(dir));
            log::info("message");
          }) == 0);
  const auto content = read_file(dir / "bot.log");
  CHECK(std::count(content.begin(), content.end(), '\n') == 3);
  CHECK_FALSE(fs::exists(dir / "bot.1.log"));
}

TEST_CASE("a full file is rotated, and files of earlier runs count among those kept") {
  const test::TempDir dir;
  for (int run = 0; run < 3; ++run)
    CHECK(in_child(dir, [&] {
            auto options = to_file(dir);
            options.rotation_bytes = 1000;
            options.keep_files = 2;
            log::start(options);
            for (int i = 0; i < 100; ++i) log::info("message {} of run {}", i, run);
          }) == 0);
  CHECK(read_file(dir / "bot.log").find("message 99 of run 2\n") != std::string::npos);
  CHECK(fs::file_size(dir / "bot.1.log") <= 1000);
  CHECK(fs::file_size(dir / "bot.2.log") > 900);
  CHECK_FALSE(fs::exists(dir / "bot.3.log"));
  CHECK((fs::status(dir / "bot.log").permissions() & ~fs::perms(0640)) == fs::perms::none);
}

TEST_CASE("a second start replaces the sinks of the first") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          log::start(to_file(dir));
          log::info("first");
          auto options = to_file(dir);
          options.file = dir / "other.log";
          log::start(options);
          log::info("second");
        }) == 0);
  CHECK(read_file(dir / "bot.log").find("second") == std::string::npos);
  CHECK(read_file(dir / "other.log").find("second") != std::string::npos);
  CHECK(read_file(dir / "console") == "info: first\ninfo: second\n");
}

TEST_CASE("a file that cannot be written is a configuration error, and the old sinks stay") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          log::start(to_file(dir));
          auto options = to_file(dir);
          options.file = dir / "missing/bot.log";
          try {
            log::start(options);
          } catch (const ConfigError& error) {
            log::error("{}", error.what());
          }
        }) == 0);
  CHECK(read_file(dir / "bot.log").find("missing/bot.log: No such file or directory; create its") !=
        std::string::npos);
}

TEST_CASE("a full disk loses lines of the file only, says so once, and the file stays whole") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          log::start(to_file(dir));
          log::info("before");
          int pipe[2];  // a pipe, because the limit would also hold for a file
          if (::pipe(pipe) != 0) throw std::runtime_error("pipe");
          ::dup2(pipe[1], STDERR_FILENO);
          test::limit_file_size(fs::file_size(dir / "bot.log") + 10);
          for (int i = 0; i < 3; ++i) log::info("lost {}", i);
          test::limit_file_size(RLIM_INFINITY);
          log::info("after");
          char console[4096];
          const auto size = ::read(pipe[0], console, sizeof console);
          test::write_file(dir / "console", {console, static_cast<std::size_t>(size)});
        }) == 0);
  const auto content = read_file(dir / "bot.log");
  CHECK(content.find("INFO  before\n") != std::string::npos);
  CHECK(content.find("INFO  after\n") != std::string::npos);
  CHECK(std::count(content.begin(), content.end(), '\n') == 2);
  const auto console = read_file(dir / "console");
  CHECK(std::regex_match(console, std::regex("info: lost 0\nerror: log file: [^\n]*\n"
                                             "info: lost 1\ninfo: lost 2\ninfo: after\n"
                                             "info: log file works again, lost 3\n")));
}

TEST_CASE("a closed, broken or full stderr stops neither the file nor the process") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          log::start(to_file(dir));
          int pipe[2];
          if (::pipe(pipe) != 0) throw std::runtime_error("pipe");
          ::dup2(pipe[1], STDERR_FILENO);
          ::close(pipe[0]);
          log::info("broken pipe");
          ::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO);
          log::info("full");
          ::close(STDERR_FILENO);
          log::info("closed");
          send_stderr_to(dir / "console");
          log::info("works again");
        }) == 0);
  const auto content = read_file(dir / "bot.log");
  for (const auto* text : {"broken pipe\n", "full\n", "closed\n", "works again\n"})
    CHECK(content.find(text) != std::string::npos);
  CHECK(read_file(dir / "console") == "info: works again\n");
}

TEST_CASE("a process that was started without stderr does not write its messages into its files") {
  const test::TempDir dir;
  CHECK(test::Child([&] {
          ::close(STDERR_FILENO);
          log::start(to_file(dir));
          log::info("one");
          return 0;
        }).wait() == 0);
  const auto content = read_file(dir / "bot.log");
  CHECK(std::count(content.begin(), content.end(), '\n') == 1);
}

TEST_CASE("a child that fails says why, where its parent's stderr goes") {
  const test::TempDir dir;
  CHECK(test::Child([&] {
          send_stderr_to(dir / "console");
          return test::Child([&]() -> int {
                   send_stderr_to(dir / "elsewhere");
                   throw std::runtime_error("no room");
                 })
              .wait();
        }).wait() == test::Child::failed);
  CHECK(read_file(dir / "console") == "the child has failed: no room\n");
}

TEST_CASE("threads write at the same time, also during a restart of the sinks, and lose nothing") {
  const test::TempDir dir;
  CHECK(in_child(dir, [&] {
          auto options = to_file(dir);
          options.rotation_bytes = 20'000;
          options.keep_files = 100;
          options.lock_wait = std::chrono::minutes(2);  // a slow machine loses nothing either
          log::start(options);
          std::vector<std::jthread> threads;
          for (int t = 0; t < 4; ++t)
            threads.emplace_back([t] {
              for (int i = 0; i < 500; ++i) log::info("<{} {}>", t, i);
            });
          for (int i = 0; i < 20; ++i) log::start(options);
        }) == 0);
  std::string content;
  for (const auto& entry : fs::directory_iterator(dir / ""))
    if (entry.path().extension() == ".log") content += read_file(entry.path());
  CHECK(std::count(content.begin(), content.end(), '\n') == 2000);
  const std::regex line(R"([^\n]*Z INFO  <\d \d+>\n)");
  CHECK(std::distance(std::sregex_iterator(content.begin(), content.end(), line), {}) == 2000);
  const auto console = read_file(dir / "console");
  CHECK(std::count(console.begin(), console.end(), '\n') == 2000);
}

TEST_CASE("the levels have names") {
  CHECK(log::to_string(log::Level::debug) == "debug");
  CHECK(log::to_string(log::Level::info) == "info");
  CHECK(log::to_string(log::Level::warning) == "warning");
  CHECK(log::to_string(log::Level::error) == "error");
}

}  // namespace
}  // namespace consolidador
