// SPDX-License-Identifier: MIT
#include "lib/config/value.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"

namespace consolidador::config {
namespace {

constexpr std::size_t longest = 40;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
}

}  // namespace

std::string excerpt(std::string_view text) {
  std::string shown(shortened(text, longest));
  std::replace_if(shown.begin(), shown.end(), is_control, '?');
  return fmt::format("'{}{}'", shown, shown.size() < text.size() ? "…" : "");
}

void Value::fail(std::string_view problem) const {
  throw ConfigError(fmt::format("{}: {}", place_, problem));
}

}  // namespace consolidador::config
