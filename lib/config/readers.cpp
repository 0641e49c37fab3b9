// SPDX-License-Identifier: MIT
#include "lib/config/readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "lib/core/duration.hpp"
#include "lib/core/error.hpp"
#include "lib/core/time_zone.hpp"

namespace consolidador::config {
namespace {

using std::chrono::milliseconds;

char to_lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), to_lower_ascii);
  return text;
}

bool is_plain_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  return digits && !text.empty() && (text == "0" || text[0] != '0');
}

/// Nothing when it is far beyond any range of ours.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

Decimal parse_decimal(const Value& value) try {
  return Decimal::parse(value.text());
} catch (const DataError& error) {
  value.fail(fmt::format("{}; write it as 0.01", error.what()));
}

milliseconds parse_duration(const Value& value) {
  if (const auto duration = consolidador::parse_duration(value.text())) return *duration;
  const bool bare =
      !value.text().empty() && value.text().find_first_not_of("0123456789") == std::string::npos;
  value.fail(fmt::format("{} {}; write it as 500ms, 5s, 5min, 2h or 1d", excerpt(value.text()),
                         bare ? "has no unit" : "is not a duration"));
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return std::nullopt;
  const int hours = (text[0] - '0') * 10 + text[1] - '0';
  const int minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (hours >= 24 || minutes >= 60) return std::nullopt;
  return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

}  // namespace

std::int64_t read_integer(const Value& value, std::int64_t min, std::int64_t max,
                          std::string_view complaint) {
  if (!is_plain_integer(value.text()))
    value.fail(fmt::format("{} is not a plain whole number; use {} to {}", excerpt(value.text()),
                           min, max));
  const auto number = parse_integer(value.text());
  if (!number || *number < min || *number > max)
    value.fail(
        fmt::format("{} is {}; use {} to {}", value.text().substr(0, 30), complaint, min, max));
  return *number;
}

milliseconds read_duration(const Value& value, milliseconds min, milliseconds max,
                           milliseconds step) {
  const milliseconds duration = parse_duration(value);
  const bool in_range = min <= duration && duration <= max;
  if (!in_range || duration % step != milliseconds::zero())
    value.fail(
        fmt::format("{} is {}; use {} to {}", value.text(),
                    in_range ? "too fine, steps are of " + format_duration(step) : "out of range",
                    format_duration(min), format_duration(max)));
  return duration;
}

bool read_boolean(const Value& value) {
  const std::string word = lower_case(value.text());
  const auto is_one_of = [&](auto... words) { return (... || (word == words)); };
  if (is_one_of("true", "yes", "on")) return true;
  if (is_one_of("false", "no", "off")) return false;
  value.fail(fmt::format("{} is neither true nor false; use one of these two words",
                         excerpt(value.text())));
}

std::string read_text(const Value& value) {
  if (value.text().empty()) value.fail("is empty; write a value or delete the line");
  return read_text_or_nothing(value);
}

std::string read_text_or_nothing(const Value& value) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  if (std::any_of(value.text().begin(), value.text().end(), is_control))
    value.fail(
        fmt::format("{} has a line break, a tab or a control character; write it in one line",
                    excerpt(value.text())));
  return value.text();
}

std::filesystem::path read_absolute_path(const Value& value) {
  std::filesystem::path path = read_text(value);
  if (!path.is_absolute())
    value.fail(
        fmt::format("{} is a relative path; write it from the root: /...", excerpt(value.text())));
  return path;
}

Date read_date(const Value& value) try {
  return parse_date(value.text());
} catch (const DataError&) {
  value.fail(fmt::format("{} is not a date; write YYYY-MM-DD", excerpt(value.text())));
}

std::chrono::minutes read_time_of_day(const Value& value) {
  if (const auto time = parse_time_of_day(value.text())) return *time;
  value.fail(
      fmt::format("{} is not a time of day; write HH:MM, such as 02:00", excerpt(value.text())));
}

TimesOfDay read_times_of_day(const Value& value) {
  const std::string_view text = value.text();
  const auto from = parse_time_of_day(text.substr(0, 5));
  const auto to =
      text.size() == 11 && text[5] == '-' ? parse_time_of_day(text.substr(6)) : std::nullopt;
  if (from && to && *from != *to) return {*from, *to};
  value.fail(fmt::format("{} is not a span of the day; write HH:MM-HH:MM, such as 21:30-08:00",
                         excerpt(value.text())));
}

Decimal read_tolerance(const Value& value) {
  const Decimal tolerance = parse_decimal(value);
  constexpr auto most = Decimal::from_units(Decimal::Units{1'000'000} * Decimal::scale);
  if (tolerance < Decimal() || tolerance > most)
    value.fail(fmt::format("{} is out of range; use 0 to 1000000", excerpt(value.text())));
  return tolerance;
}

std::string read_word(const Value& value) {
  return lower_case(value.text());
}

void refuse_choice(const Value& value, std::string_view words) {
  value.fail(fmt::format("{} is unknown; use {}", excerpt(value.text()), words));
}

std::string read_time_zone(const Value& value) try {
  std::string name = read_text_or_nothing(value);
  const TimeZone known(name);
  return name;
} catch (const ConfigError&) {
  value.fail(
      fmt::format("{} is not a time zone of this machine; use a name of `timedatectl "
                  "list-timezones`, such as America/Mexico_City",
                  excerpt(value.text())));
}

}  // namespace consolidador::config
