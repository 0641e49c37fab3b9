// SPDX-License-Identifier: MIT
#include "lib/config/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace consolidador::config {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct UnitName {
  std::string_view name;
  milliseconds length;
};

constexpr std::array<UnitName, 5> units{
    {{"d", 24h}, {"h", 1h}, {"min", 1min}, {"s", 1s}, {"ms", 1ms}}};

constexpr std::string_view spelling = "write it as 500ms, 5s, 5min, 2h or 1d";

milliseconds parse(const Value& value) {
  const std::string_view text = value.text();
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto unit = text.substr(digits);
  if (digits > 0 && unit.empty())
    value.fail(fmt::format("{} has no unit; {}", excerpt(text), spelling));
  const auto* known =
      std::find_if(units.begin(), units.end(), [&](auto& u) { return u.name == unit; });
  constexpr std::size_t most_digits = 9;  // days in milliseconds then still fit
  if (digits == 0 || digits > most_digits || known == units.end())
    value.fail(fmt::format("{} is not a duration; {}", excerpt(text), spelling));
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + digits, count);
  return count * known->length;
}

}  // namespace

std::string format_duration(milliseconds duration) {
  const auto* unit = std::find_if(units.begin(), units.end(), [&](auto& u) {
    return duration >= u.length && duration % u.length == 0ms;
  });
  if (unit == units.end()) return "0s";
  return fmt::format("{}{}", duration / unit->length, unit->name);
}

milliseconds read_duration(const Value& value, milliseconds min, milliseconds max,
                           milliseconds step) {
  const milliseconds duration = parse(value);
  const bool in_range = min <= duration && duration <= max;
  if (!in_range || duration % step != 0ms)
    value.fail(
        fmt::format("{} is {}; use {} to {}", value.text(),
                    in_range ? "too fine, steps are of " + format_duration(step) : "out of range",
                    format_duration(min), format_duration(max)));
  return duration;
}

}  // namespace consolidador::config
