// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace consolidador::bus {

/// So many bytes at first, and so many more with each second, up to the first again.
struct Rate {
  double burst;
  double per_second;
};

/// What is answered to those who ask and may not command: to each caller so much, and of the
/// answers that may be long so much to all of them together. Beyond that they are refused, which
/// costs little, until there is room again: so nobody who asks without an end keeps the others
/// waiting, or fills the daemon's memory with answers that he does not take. Pure; loop thread
/// only.
class Budget {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// Whether the caller, by its unique name, may ask now; where he may, the question is counted.
  bool allows(const std::string& caller, bool may_be_long, Instant now);
  /// What the answer has come to; it may have been more than there was room for.
  void count(const std::string& caller, bool may_be_long, std::size_t bytes);

 private:
  struct Room {
    double bytes = 0;
    Instant at;
  };
  static void refill(Room& room, const Rate& rate, Instant now);
  Room& room_of(const std::string& caller, Instant now);

  std::map<std::string, Room> callers_;
  Room long_answers_;
};

}  // namespace consolidador::bus
