// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <map>

#include "lib/core/date.hpp"
#include "lib/core/error.hpp"

namespace consolidador {

class Holdings;

/// How long the server may work on one statement of a day, and how long a unit of work may take.
struct TimeLimits {
  std::chrono::seconds statement{50};
  std::chrono::milliseconds unit{900'000};

  friend bool operator==(const TimeLimits&, const TimeLimits&) = default;
};

/// What a day of so many rows is allowed, that has run into a limit so often since it last got
/// through: never less than what is configured, and never more than a day and a night. Pure.
TimeLimits limits_for(const TimeLimits& configured, std::uint64_t rows, unsigned refusals);

/// The error says that the day has run into one of them.
bool is_of_limits(const Error& error);

/// How many rows the day may have: those that a ledger has of it, else the most of the last
/// seven before it.
std::uint64_t rows_thought(const Holdings& holdings, Date date);

/// What days are allowed in one database: with their rows, and after each limit that they run into
/// twice as much, so that nobody has to tune it for a large shop. Loop thread only, or of one run.
class DayAllowance {
 public:
  explicit DayAllowance(const TimeLimits& configured) : configured_(configured) {}
  void configure(const TimeLimits& configured) { configured_ = configured; }

  TimeLimits of(Date date, std::uint64_t rows) const;

  void got_through(Date date) { refusals_.erase(date); }
  /// The same error; of a limit it says which one the day had, and what it is allowed next.
  Error failed(Date date, std::uint64_t rows, const Error& error);

 private:
  TimeLimits configured_;
  std::map<Date, unsigned> refusals_;
};

}  // namespace consolidador
