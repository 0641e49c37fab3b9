// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <map>
#include <string>

namespace consolidador {

/// Which failures of a series are worth a line in the log: each different text at once, then once
/// an hour, so that what repeats for days neither fills the disk nor is forgotten. Texts may carry
/// numbers that differ each time: of one series at most 20 are told apart.
class FailureNews {
 public:
  using Instant = std::chrono::system_clock::time_point;

  /// Whether to say it now. A clock that was set back makes everything news again.
  bool is_news(const std::string& text, Instant now);

  /// The series has ended: whatever comes is news again.
  void clear() { said_.clear(); }

 private:
  std::map<std::string, Instant> said_;  // and when last
};

}  // namespace consolidador
