// SPDX-License-Identifier: MIT
#include "daemon/bus/value.hpp"

#include <algorithm>
#include <array>

namespace consolidador::bus {

bool operator==(const Dict& a, const Dict& b) {
  return a.entries == b.entries;
}

const Value* find(const Dict& dict, std::string_view key) {
  const auto found =
      std::ranges::find_if(dict.entries, [&](const Entry& entry) { return entry.key == key; });
  return found == dict.entries.end() ? nullptr : &found->value;
}

const char* signature(const Value& value) {
  // In the order of the alternatives.
  static constexpr std::array<const char*, std::variant_size_v<Value>> signatures{
      "b", "i", "u", "x", "t", "d", "s", "o", "as", "au", "ai", "a{st}", "a{sv}", "aa{sv}"};
  return signatures.at(value.index());
}

}  // namespace consolidador::bus
