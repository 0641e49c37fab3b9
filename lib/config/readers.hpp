// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/config/config.hpp"
#include "lib/config/value.hpp"
#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"

namespace consolidador::config {

// Readers turn one value into a type, or refuse it with the value's place. For Section::read.

/// A decimal whole number; 0x10, 1_000, 010 and +1 mean different things to different readers of
/// YAML and are refused.
std::int64_t read_integer(const Value& value, std::int64_t min, std::int64_t max,
                          std::string_view complaint);

template <typename T>
struct Integer {
  T min;
  T max;
  std::string_view complaint = "out of range";  ///< `99999 is <complaint>; use 1 to 65535`

  T operator()(const Value& value) const {
    return static_cast<T>(read_integer(value, static_cast<std::int64_t>(min),
                                       static_cast<std::int64_t>(max), complaint));
  }
};

/// Says that the value is none of these words, which are for people: `debug, info or error`.
[[noreturn]] void refuse_choice(const Value& value, std::string_view words);

/// The value without regard to letter case.
std::string read_word(const Value& value);

/// The reader of one of a few words: section.read("level", log.level,
/// Choice<Level>{{{"info", Level::info}, {"error", Level::error}}}).
template <typename E>
struct Choice {
  std::vector<std::pair<std::string_view, E>> words;  ///< in small letters

  E operator()(const Value& value) const {
    const auto given = read_word(value);
    std::string known;
    for (const auto& [word, meaning] : words) {
      if (given == word) return meaning;
      if (!known.empty()) known += word == words.back().first ? " or " : ", ";
      known += word;
    }
    refuse_choice(value, known);
  }
};

/// A duration as parse_duration() reads it: from `min` to `max`, a multiple of `step`.
std::chrono::milliseconds read_duration(const Value& value, std::chrono::milliseconds min,
                                        std::chrono::milliseconds max,
                                        std::chrono::milliseconds step);

/// The reader of a duration that is kept in `T`: section.read("grace", stop.grace,
/// Duration<seconds>{1s, 1h}).
template <typename T>
struct Duration {
  T min;
  T max;

  T operator()(const Value& value) const {
    return std::chrono::duration_cast<T>(read_duration(value, min, max, T(1)));
  }
};

/// true, yes, on / false, no, off, in any letter case.
bool read_boolean(const Value& value);

/// One line of text, not empty.
std::string read_text(const Value& value);

/// The same, but `""` in quotes is a value too.
std::string read_text_or_nothing(const Value& value);

std::filesystem::path read_absolute_path(const Value& value);

/// YYYY-MM-DD.
Date read_date(const Value& value);

/// HH:MM, 00:00 to 23:59; since midnight.
std::chrono::minutes read_time_of_day(const Value& value);

/// HH:MM-HH:MM, two different times; may pass midnight.
TimesOfDay read_times_of_day(const Value& value);

/// 0 to 1000000 with at most four decimals.
Decimal read_tolerance(const Value& value);

/// A zone that this machine knows; `""` is the machine's own.
std::string read_time_zone(const Value& value);

}  // namespace consolidador::config
