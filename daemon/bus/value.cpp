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

namespace {

constexpr std::size_t of_a_number = 8;

template <typename Parts, typename Weigh>
std::size_t sum(const Parts& parts, const Weigh& weigh) {
  std::size_t bytes = 0;
  for (const auto& part : parts) bytes += weigh(part);
  return bytes;
}

std::size_t weight(const Value& value);

std::size_t weight(const Dict& dict) {
  std::size_t bytes = of_a_number;
  for (const Entry& entry : dict.entries)
    bytes += entry.key.size() + of_a_number + weight(entry.value);
  return bytes;
}

struct Weight {
  std::size_t operator()(const std::string& text) const { return of_a_number + text.size(); }
  std::size_t operator()(const ObjectPath& path) const { return (*this)(path.text); }
  std::size_t operator()(const Dict& dict) const { return weight(dict); }
  std::size_t operator()(const Counts& counts) const { return 4 * of_a_number * counts.size(); }
  std::size_t operator()(const Strings& texts) const { return sum(texts, *this); }
  std::size_t operator()(const std::vector<Dict>& dicts) const { return sum(dicts, *this); }
  template <typename T>
  std::size_t operator()(const std::vector<T>& numbers) const {
    return sizeof(T) * numbers.size();
  }
  template <typename Number>
  std::size_t operator()(Number) const {
    return of_a_number;
  }
};

std::size_t weight(const Value& value) {
  return std::visit(Weight{}, value);
}

}  // namespace

std::size_t weight_of(const Values& values) {
  return sum(values, [](const Value& value) { return weight(value); });
}

const char* signature(const Value& value) {
  // In the order of the alternatives.
  static constexpr std::array<const char*, std::variant_size_v<Value>> signatures{
      "b", "i", "u", "x", "t", "d", "s", "o", "as", "au", "ai", "a{st}", "a{sv}", "aa{sv}"};
  return signatures.at(value.index());
}

}  // namespace consolidador::bus
