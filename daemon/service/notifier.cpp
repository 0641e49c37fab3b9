// SPDX-License-Identifier: MIT
#include "daemon/service/notifier.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "lib/core/text.hpp"

namespace consolidador {
namespace {

void send(const std::string& message) {
  sd_notify(0, message.c_str());
}

std::uint64_t monotonic_usec() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

}  // namespace

void Notifier::ready() {
  send("READY=1");
}

void Notifier::status(const std::string& line) {
  if (line == status_) return;
  status_ = line;
  send("STATUS=" + one_line(line));
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
  send(fmt::format("STATUS={}\nERRNO={}", one_line(line), error));
}

std::optional<std::chrono::microseconds> Notifier::watchdog_interval() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) <= 0) return std::nullopt;
  return std::chrono::microseconds(usec / 2);
}

}  // namespace consolidador
