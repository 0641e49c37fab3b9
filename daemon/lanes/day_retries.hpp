// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lanes/failure_news.hpp"
#include "daemon/lanes/loop.hpp"
#include "lib/core/backoff.hpp"
#include "lib/core/date.hpp"
#include "lib/core/error.hpp"
#include "lib/report/health.hpp"

namespace consolidador {

/// The days of one target that failed for a reason which passes: when each is tried again, by
/// backoff with full jitter, and what the log says of it. Loop thread only.
class DayRetries {
 public:
  DayRetries(std::string target, const BackoffPolicy& policy)
      : target_(std::move(target)), backoff_(policy) {}

  void set_policy(const BackoffPolicy& policy) { backoff_.set_policy(policy); }

  /// When to try again. Each different error of a day is logged once, then once an hour.
  SteadyClock::time_point failed(Date date, const Error& error);
  /// The same of a failure that the log has already, as one of the target.
  SteadyClock::time_point failed_with_target(Date date, const Error& error);

  unsigned failures(Date date) const;
  /// It has failed since before that.
  bool failed_before(Date date, SteadyClock::time_point when) const;
  std::optional<RetriedDay> find(Date date) const;
  std::vector<RetriedDay> days() const;
  /// Those that a former process has seen and this one has not tried yet.
  std::vector<RetriedDay> former() const;

  using Since = std::map<Date, std::chrono::system_clock::time_point>;
  /// What a former process has seen of days that failed: they count on from there.
  void remember(Since since) { former_ = std::move(since); }
  /// Since when the days fail that are not settled, also before a restart.
  Since since() const;

  /// It worked, or its content cannot be taken.
  void settled(Date date) {
    days_.erase(date);
    former_.erase(date);
  }
  /// It is not tried again by itself, but still fails until settled().
  void failed_for_good(Date date);

 private:
  struct Series {
    std::chrono::system_clock::time_point since = std::chrono::system_clock::now();
    SteadyClock::time_point began = SteadyClock::now();
    std::string error;  // the last
    unsigned failures = 0;
    bool for_good = false;
    FailureNews news;
  };

  std::string target_;
  Backoff backoff_;
  std::map<Date, Series> days_;
  Since former_;
};

}  // namespace consolidador
