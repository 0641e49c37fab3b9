// SPDX-License-Identifier: MIT
#include "daemon/service/notifier.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "tests/support/catch.hpp"
#include "tests/support/notify_socket.hpp"

using namespace consolidador;
using namespace std::chrono_literals;
using Messages = std::vector<std::string>;

TEST_CASE("systemd is told each thing in the words of sd_notify(3)") {
  test::NotifySocket systemd(30'000'000);
  Notifier notifier;
  notifier.ready();
  notifier.feed_watchdog();
  notifier.extend_timeout(90s);
  notifier.fatal(22, "no such file");
  notifier.stopping();
  CHECK(systemd.take_all() == Messages{"READY=1", "WATCHDOG=1", "EXTEND_TIMEOUT_USEC=90000000",
                                       "STATUS=no such file\nERRNO=22",
                                       "STOPPING=1\nSTATUS=stopping: running transactions end"});
}

TEST_CASE("a status line is sent when it has changed") {
  test::NotifySocket systemd(0);
  Notifier notifier;
  for (const char* line : {"idle", "idle", "syncing", "idle"}) notifier.status(line);
  CHECK(systemd.take_all() == Messages{"STATUS=idle", "STATUS=syncing", "STATUS=idle"});
}

TEST_CASE("no text that is quoted in a status becomes a message of its own") {
  test::NotifySocket systemd(0);
  Notifier notifier;
  notifier.status("'x\nSTOPPING=1' is no number \xf1");
  notifier.fatal(5, "a\nb");
  CHECK(systemd.take_all() ==
        Messages{"STATUS='x STOPPING=1' is no number \xEF\xBF\xBD", "STATUS=a b\nERRNO=5"});
}

TEST_CASE("a reload carries the monotonic time at which it began") {
  test::NotifySocket systemd(0);
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000 + time.tv_nsec / 1'000;
  };
  const auto before = now();
  Notifier().reloading();
  const auto after = now();
  const auto messages = systemd.take_all();
  const std::string head = "RELOADING=1\nMONOTONIC_USEC=";
  REQUIRE(messages.size() == 1);
  REQUIRE(messages[0].starts_with(head));
  const auto told = std::stoll(messages[0].substr(head.size()));
  CHECK(before <= told);
  CHECK(told <= after);
}

TEST_CASE("the watchdog is fed twice as often as systemd asks; without it, never") {
  {
    const test::NotifySocket systemd(30'000'000);
    CHECK(Notifier::watchdog_interval() == 15s);
  }
  CHECK_FALSE(Notifier::watchdog_interval());
}

TEST_CASE(
    "a socket that nobody reads holds nobody up, and gets the latest of each kind afterwards") {
  test::NotifySocket systemd(0);
  asio::io_context loop{1};
  Notifier notifier(loop);
  for (int i = 0; i < 2'000; ++i) notifier.feed_watchdog();  // many more than a socket takes
  for (const char* line : {"idle", "syncing"}) notifier.status(line);
  notifier.ready();
  notifier.feed_watchdog();
  const auto heaped = systemd.take_all();
  CHECK(heaped.size() < 2'000);
  Messages late;
  while (late.size() < 3) {
    loop.run_one();
    for (auto& message : systemd.take_all()) late.push_back(std::move(message));
  }
  CHECK(late == Messages{"STATUS=syncing", "READY=1", "WATCHDOG=1"});
}

TEST_CASE("a socket that stays full keeps no loop from ending") {
  test::NotifySocket systemd(0);
  asio::io_context loop{1};
  Notifier notifier(loop);
  for (int i = 0; i < 2'000; ++i) notifier.feed_watchdog();
  notifier.close();
  notifier.stopping();
  loop.run();
  CHECK(systemd.take("STOPPING=1") == 0);
}

TEST_CASE("an abstract socket is told, too") {
  const int receiver = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const std::string name = "consolidador-test-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  REQUIRE(::bind(receiver, reinterpret_cast<sockaddr*>(&address), size) == 0);
  ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  Notifier().ready();
  ::unsetenv("NOTIFY_SOCKET");
  std::array<char, 64> message{};
  CHECK(::recv(receiver, message.data(), message.size(), 0) == 7);
  ::close(receiver);
}

TEST_CASE("without systemd everything is silent") {
  Notifier notifier;
  notifier.ready();
  notifier.status("idle");
  notifier.reloading();
  notifier.stopping();
}
