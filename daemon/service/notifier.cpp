// SPDX-License-Identifier: MIT
#include "daemon/service/notifier.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "lib/core/outlet.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

constexpr auto tried_again_after = 100ms;

/// A path, or an abstract name that is written with an @.
bool set_address(sockaddr_un& address, socklen_t& size) {
  const char* text = std::getenv("NOTIFY_SOCKET");
  const std::string name = text ? text : "";
  if (name.empty() || name.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() +
                                (name.front() == '@' ? 0 : 1));
  return true;
}

/// False when the socket is full: worth another try. What fails for another reason nobody wants.
bool goes_out(const std::string& message) {
  sockaddr_un address{};
  socklen_t size = 0;
  if (!set_address(address, size)) return true;
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return false;
  const auto sent = ::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), size);
  const bool full = sent < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == EINTR);
  ::close(socket);
  return !full;
}

std::string kind_of(const std::string& message) {
  return message.substr(0, message.find('='));
}

std::uint64_t monotonic_usec() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

}  // namespace

void Notifier::send(std::string message) {
  std::erase_if(kept_, [&](const auto& kept) { return kind_of(kept) == kind_of(message); });
  kept_.push_back(std::move(message));
  flush();
}

void Notifier::flush() {
  while (!kept_.empty() && goes_out(kept_.front())) kept_.pop_front();
  if (kept_.empty() || !retry_) return;
  retry_->expires_after(tried_again_after);
  retry_->async_wait([this](const boost::system::error_code& error) {
    if (!error) flush();
  });
}

void Notifier::close() {
  retry_.reset();
}

void Notifier::ready() {
  send("READY=1");
}

void Notifier::status(const std::string& line) {
  if (line == status_) return;
  status_ = line;
  send("STATUS=" + for_journal(line));
}

void Notifier::reloading() {
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_usec()));
}

void Notifier::stopping() {
  send("STOPPING=1\nSTATUS=stopping: running transactions end");
}

void Notifier::extend_timeout(std::chrono::microseconds more) {
  send(fmt::format("EXTEND_TIMEOUT_USEC={}", more.count()));
}

void Notifier::feed_watchdog() {
  send("WATCHDOG=1");
}

void Notifier::fatal(int error, const std::string& line) {
  send(fmt::format("STATUS={}\nERRNO={}", for_journal(line), error));
}

std::optional<std::chrono::microseconds> Notifier::watchdog_interval() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) <= 0) return std::nullopt;
  return std::chrono::microseconds(usec / 2);
}

}  // namespace consolidador
