// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace consolidador {

/// A calendar day; the difference of two is std::chrono::days.
using Date = std::chrono::sys_days;

/// Parses exactly `YYYY-MM-DD`, years 1900 to 9999; throws DataError otherwise.
Date parse_date(std::string_view text);

/// `YYYY-MM-DD`.
std::string to_string(Date date);

/// `YYYY-MM-DDTHH:MM:SSZ`, for logs and the bitacora.
std::string to_utc_string(std::chrono::sys_seconds instant);

/// The same, rounded down to whole seconds.
inline std::string to_utc_string(std::chrono::system_clock::time_point instant) {
  return to_utc_string(std::chrono::floor<std::chrono::seconds>(instant));
}

/// The inverse for the databases' DATETIME in UTC: `YYYY-MM-DD HH:MM:SS[.fraction]`, or with a T;
/// the fraction is dropped. What is later than system_clock can tell counts as 2262-01-01. Throws
/// DataError.
std::chrono::sys_seconds parse_utc(std::string_view text);

/// Both ends included; empty when first > last.
struct DateRange {
  Date first;
  Date last;

  bool empty() const noexcept { return first > last; }
  bool contains(Date date) const noexcept { return first <= date && date <= last; }
  friend bool operator==(const DateRange&, const DateRange&) = default;
};

}  // namespace consolidador
