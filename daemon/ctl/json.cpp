// SPDX-License-Identifier: MIT
#include "daemon/ctl/json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <utility>

#include "lib/core/outlet.hpp"

namespace consolidador::ctl {
namespace {

/// Writes the value it is given; the overloads follow the alternatives of bus::Value.
struct Writer {
  std::string& out;

  void operator()(bool value) { out += value ? "true" : "false"; }
  void operator()(double value) { out += std::isfinite(value) ? fmt::format("{}", value) : "null"; }
  template <typename T>
  requires std::is_integral_v<T>
  void operator()(T value) { fmt::format_to(std::back_inserter(out), "{}", value); }
  void operator()(std::string_view text) { out += for_json(text); }
  void operator()(const std::string& text) { (*this)(std::string_view(text)); }
  void operator()(const bus::ObjectPath& path) { (*this)(path.text); }
  template <typename T>
  void operator()(const std::vector<T>& items) {
    const char* before = "[";
    for (const T& item : items) {
      out += std::exchange(before, ",");
      (*this)(item);
    }
    out += items.empty() ? "[]" : "]";
  }
  void operator()(const bus::Counts& counts) {
    const char* before = "{";
    for (const auto& [key, count] : counts) {
      out += std::exchange(before, ",");
      member(key);
      (*this)(count);
    }
    out += counts.empty() ? "{}" : "}";
  }
  void operator()(const bus::Dict& dict) {
    const char* before = "{";
    for (const bus::Entry& entry : dict.entries) {
      out += std::exchange(before, ",");
      member(entry.key);
      std::visit(*this, entry.value);
    }
    out += dict.entries.empty() ? "{}" : "}";
  }
  void member(const std::string& key) {
    (*this)(key);
    out += ':';
  }
};

}  // namespace

std::string to_json(const bus::Value& value) {
  std::string out;
  std::visit(Writer{out}, value);
  return out;
}

}  // namespace consolidador::ctl
