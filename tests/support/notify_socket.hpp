// SPDX-License-Identifier: MIT
#pragma once
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace consolidador::test {

/// What systemd would be told by this process, with a watchdog of `usec`; one at a time.
class NotifySocket {
 public:
  explicit NotifySocket(unsigned usec) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    const std::string path = dir_ / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot bind " + path);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", std::to_string(usec).c_str(), 1);
  }
  ~NotifySocket() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::close(fd_);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  /// The messages that have come since the last call.
  std::vector<std::string> take_all() {
    std::array<char, 4096> message;
    std::vector<std::string> all;
    for (ssize_t size; (size = ::recv(fd_, message.data(), message.size(), 0)) >= 0;)
      all.emplace_back(message.data(), static_cast<std::size_t>(size));
    return all;
  }

  /// How many of them are exactly this.
  std::ptrdiff_t take(std::string_view wanted) { return std::ranges::count(take_all(), wanted); }

 private:
  TempDir dir_;
  int fd_;
};

}  // namespace consolidador::test
