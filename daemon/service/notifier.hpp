// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace consolidador {

/// What systemd is told, by sd_notify(3); silent without NOTIFY_SOCKET. READY comes when
/// configuration, signals and loop are in place, not when databases answer: a branch whose VPS is
/// down is active.
class Notifier {
 public:
  void ready();
  void status(const std::string& line);  ///< for people, made one_line(); not sent twice
  void reloading();                      ///< followed by ready(), also when the reload failed
  void stopping();
  void extend_timeout(std::chrono::microseconds more);  ///< while a transaction ends
  void feed_watchdog();
  void fatal(int error, const std::string& line);  ///< ERRNO= and the last status

  /// How often to feed, half of what systemd allows; nothing: no watchdog.
  static std::optional<std::chrono::microseconds> watchdog_interval();

 private:
  std::string status_;
};

}  // namespace consolidador
