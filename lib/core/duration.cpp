// SPDX-License-Identifier: MIT
#include "lib/core/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace consolidador {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct NamedUnit {
  std::string_view name;
  milliseconds length;
};

constexpr std::array<NamedUnit, 5> units{
    {{"d", 24h}, {"h", 1h}, {"min", 1min}, {"s", 1s}, {"ms", 1ms}}};

}  // namespace

std::string spell_duration(std::chrono::seconds duration) {
  const auto seconds = std::max<std::int64_t>(duration.count(), 0);
  if (duration < 1min) return fmt::format("{} s", seconds);
  if (duration < 1h) return fmt::format("{} min", seconds / 60);
  if (duration < 24h) return fmt::format("{} h {:02} min", seconds / 3'600, seconds / 60 % 60);
  return fmt::format("{} d {:02} h", seconds / 86'400, seconds / 3'600 % 24);
}

std::string format_duration(milliseconds duration) {
  const auto* unit = std::ranges::find_if(units, [&](const NamedUnit& each) {
    return duration >= each.length && duration % each.length == 0ms;
  });
  if (unit == units.end()) return "0s";
  return fmt::format("{}{}", duration / unit->length, unit->name);
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  constexpr std::size_t most_digits = 9;  // days in milliseconds then still fit
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto* unit = std::ranges::find(units, text.substr(digits), &NamedUnit::name);
  if (digits == 0 || digits > most_digits || unit == units.end()) return std::nullopt;
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + digits, count);
  return count * unit->length;
}

}  // namespace consolidador
