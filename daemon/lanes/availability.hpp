// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "daemon/lanes/failure_news.hpp"
#include "daemon/lanes/loop.hpp"
#include "lib/core/backoff.hpp"
#include "lib/core/error.hpp"

namespace consolidador {

/// Whether a database can be used, and when to try again: exponential backoff with full jitter,
/// forgotten when it can be used again. An answer says that it can be reached, but only a day that
/// got through is a success: people judge a database by the age of that. Logs each different
/// failure of an outage once, then once an hour with a count, and the recovery with how long it
/// lasted. Loop thread only.
class Availability {
 public:
  using Instant = std::chrono::system_clock::time_point;

  Availability(std::string name, const BackoffPolicy& policy)
      : name_(std::move(name)), backoff_(policy) {}

  bool up() const noexcept { return up_; }
  SteadyClock::time_point retry_at() const noexcept { return retry_at_; }
  const std::string& last_error() const noexcept { return last_error_; }
  /// The last failure does not pass by itself: a wrong configuration, or another machine's branch.
  bool needs_person() const noexcept { return needs_person_; }
  /// When a day last got through, also before a restart; nothing: never.
  std::optional<Instant> last_success() const noexcept { return last_success_; }
  /// A day got through in this process.
  bool has_succeeded() const noexcept { return succeeded_; }
  /// Since when it is down; nothing: it is up, or was never asked.
  std::optional<Instant> down_since() const noexcept { return down_since_; }
  unsigned failures() const noexcept { return failures_; }
  std::uint64_t recoveries() const noexcept { return recoveries_; }

  void set_policy(const BackoffPolicy& policy) { backoff_.set_policy(policy); }

  void failed(const Error& error, Instant now);
  /// It has answered a question, and can be used. True when it was down before.
  bool answered(Instant now);
  /// A day got through. True when it was down before.
  bool succeeded(Instant now);
  /// A day needed no question: what was proven is as recent as the last answer, and the next.
  void confirmed();
  /// What a former process has seen.
  void remember_success(Instant when) { last_success_ = when; }

  /// Try at once: the configuration has changed, or an operator asks.
  void forget_wait() { retry_at_ = {}; }

 private:
  std::string name_;
  Backoff backoff_;
  bool up_ = false;  // until the first answer
  bool succeeded_ = false;
  bool confirmed_ = false;  // a day was, since the last answer
  unsigned failures_ = 0;
  std::uint64_t recoveries_ = 0;
  SteadyClock::time_point retry_at_{};
  std::string last_error_;
  bool needs_person_ = false;
  std::optional<Instant> last_answer_;
  std::optional<Instant> last_success_;
  std::optional<Instant> down_since_;
  FailureNews news_;  // of this outage
};

/// A failure that concerns the whole database, not one day: nothing else can work there either.
bool concerns_whole_database(const Error& error) noexcept;

}  // namespace consolidador
