// SPDX-License-Identifier: MIT
#include "lib/config/value.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/error.hpp"

namespace consolidador::config {
namespace {

constexpr std::size_t longest = 40;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

std::string_view shorten(std::string_view text) {
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && is_continuation(text[end])) --end;
  return text.substr(0, end);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
}

}  // namespace

std::string excerpt(std::string_view text) {
  std::string shown(shorten(text));
  std::replace_if(shown.begin(), shown.end(), is_control, '?');
  return fmt::format("'{}{}'", shown, shown.size() < text.size() ? "…" : "");
}

void Value::fail(std::string_view problem) const {
  throw ConfigError(fmt::format("{}: {}", place_, problem));
}

}  // namespace consolidador::config
