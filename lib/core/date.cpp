// SPDX-License-Identifier: MIT
#include "lib/core/date.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

// system_clock, which counts nanoseconds, ends later in that year.
constexpr std::chrono::sys_seconds clock_ends =
    Date(std::chrono::year(2262) / std::chrono::January / 1);

/// The unsigned number that fills `text` to the last character, or -1.
int whole_number(std::string_view text) {
  int value = -1;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end && text[0] != '-' ? value : -1;
}

}  // namespace

Date parse_date(std::string_view text) {
  using namespace std::chrono;
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int y = whole_number(text.substr(0, 4));
    const int m = whole_number(text.substr(5, 2));
    const int d = whole_number(text.substr(8, 2));
    const auto date = year(y) / m / d;
    if (y >= 1900 && m >= 0 && d >= 0 && date.ok()) return date;
  }
  throw DataError(fmt::format("'{}' is not a date; write YYYY-MM-DD", text.substr(0, 40)));
}

std::string to_string(Date date) {
  const std::chrono::year_month_day ymd(date);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

std::chrono::sys_seconds parse_utc(std::string_view text) {
  if (text.size() >= 19 && (text[10] == ' ' || text[10] == 'T') && text[13] == ':' &&
      text[16] == ':') {
    const int h = whole_number(text.substr(11, 2));
    const int m = whole_number(text.substr(14, 2));
    const int s = whole_number(text.substr(17, 2));
    if (h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 60)
      return std::min(clock_ends, parse_date(text.substr(0, 10)) + std::chrono::hours(h) +
                                      std::chrono::minutes(m) + std::chrono::seconds(s));
  }
  throw DataError(fmt::format("'{}' is not a time; write YYYY-MM-DD HH:MM:SS", text.substr(0, 40)));
}

std::string to_utc_string(std::chrono::sys_seconds instant) {
  using namespace std::chrono;
  const auto day = floor<days>(instant);
  const hh_mm_ss time(instant - day);
  return fmt::format("{}T{:02}:{:02}:{:02}Z", to_string(day), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

}  // namespace consolidador
