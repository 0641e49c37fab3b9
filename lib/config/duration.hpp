// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>

#include "lib/config/value.hpp"

namespace consolidador::config {

/// As the file writes it, in the largest unit that needs no fraction: `500ms`, `5s`, `5min`, `2h`,
/// `1d`.
std::string format_duration(std::chrono::milliseconds duration);

/// Reads a whole number with one of those units: from `min` to `max`, a multiple of `step`.
std::chrono::milliseconds read_duration(const Value& value, std::chrono::milliseconds min,
                                        std::chrono::milliseconds max,
                                        std::chrono::milliseconds step);

/// The reader of a duration kept as `Unit`: section.read("grace", stop.grace, Duration<seconds>{1s,
/// 1h}).
template <typename Unit>
struct Duration {
  Unit min;
  Unit max;

  Unit operator()(const Value& value) const {
    return std::chrono::duration_cast<Unit>(read_duration(value, min, max, Unit(1)));
  }
};

}  // namespace consolidador::config
