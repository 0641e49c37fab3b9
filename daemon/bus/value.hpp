// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace consolidador::bus {

/// D-Bus type o; a type of its own, since a path is not just any text.
struct ObjectPath {
  std::string text;
  friend bool operator==(const ObjectPath&, const ObjectPath&) = default;
};

using Strings = std::vector<std::string>;             ///< as
using Numbers = std::vector<std::uint32_t>;           ///< au
using Integers = std::vector<std::int32_t>;           ///< ai
using Counts = std::map<std::string, std::uint64_t>;  ///< a{st}

struct Entry;

/// a{sv}: what may grow. Keeps the order in which it was filled: people see it in that order.
struct Dict {
  std::vector<Entry> entries;
  friend bool operator==(const Dict& a, const Dict& b);
};

/// What travels over the bus; knows nothing of the library that sends it.
using Value = std::variant<bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, double,
                           std::string, ObjectPath, Strings, Numbers, Integers, Counts, Dict,
                           std::vector<Dict>>;
using Values = std::vector<Value>;

struct Entry {
  std::string key;
  Value value;
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// Nothing when there is no such key.
const Value* find(const Dict& dict, std::string_view key);

/// What `dict` holds under `key`, or an empty T when it is missing or of another type: a newer or
/// older daemon may answer.
template <typename T>
T get(const Dict& dict, std::string_view key) {
  const Value* value = find(dict, key);
  const T* found = value ? std::get_if<T>(value) : nullptr;
  return found ? *found : T{};
}

inline std::string text(const Dict& dict, std::string_view key) {
  return get<std::string>(dict, key);
}

inline std::uint64_t number(const Dict& dict, std::string_view key) {
  return get<std::uint64_t>(dict, key);
}

/// The D-Bus signature of the value.
const char* signature(const Value& value);

/// About as many bytes as they take in a message.
std::size_t weight_of(const Values& values);

}  // namespace consolidador::bus
