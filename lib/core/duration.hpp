// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace consolidador {

/// For people, rounded down to the two largest units: `45 s`, `12 min`, `2 h 05 min`, `3 d 04 h`. A
/// negative one, clocks being what they are, is `0 s`.
std::string spell_duration(std::chrono::seconds duration);

/// As the configuration and the command line write it, exact, in the largest unit that needs no
/// fraction: `500ms`, `5s`, `5min`, `2h`, `1d`.
std::string format_duration(std::chrono::milliseconds duration);

/// Reads a whole number of at most nine digits with one of those units; nothing when it is no such.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace consolidador
