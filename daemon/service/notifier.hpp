// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "daemon/lanes/loop.hpp"

namespace consolidador {

/// What systemd is told, by the protocol of sd_notify(3); silent without NOTIFY_SOCKET. READY comes
/// when configuration, signals and loop are in place, not when databases answer: a branch whose VPS
/// is down is active.
///
/// It never waits, as sd_notify() does while the socket is full: what does not go out now is kept,
/// of each kind the latest, and goes out in its order before whatever comes next.
class Notifier {
 public:
  Notifier() = default;
  /// What is kept is tried again by a timer, too.
  explicit Notifier(asio::io_context& loop) : retry_(std::in_place, loop) {}

  void ready();
  void status(const std::string& line);  ///< for people, made for_journal(); not sent twice
  void reloading();                      ///< followed by ready(), also when the reload failed
  void stopping();
  void extend_timeout(std::chrono::microseconds more);  ///< while a transaction ends
  void feed_watchdog();
  void fatal(int error, const std::string& line);  ///< ERRNO= and the last status

  /// Nothing is tried again from now on: else the loop would not end while the socket is full.
  void close();

  /// How often to feed, half of what systemd allows; nothing: no watchdog.
  static std::optional<std::chrono::microseconds> watchdog_interval();

 private:
  void send(std::string message);
  void flush();

  std::string status_;
  std::deque<std::string> kept_;
  std::optional<asio::steady_timer> retry_;
};

}  // namespace consolidador
