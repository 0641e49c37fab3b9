// SPDX-License-Identifier: MIT
#include "daemon/ctl/json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace consolidador::ctl {
namespace {

/// How many bytes the UTF-8 letter at the front has; 0: it is none (RFC 3629).
std::size_t letter_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void write_control(std::string& out, char c) {
  if (c == '\n')
    out += "\\n";
  else if (c == '\t')
    out += "\\t";
  else
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
}

/// Writes the value it is given; the overloads follow the alternatives of bus::Value.
struct Writer {
  std::string& out;

  void operator()(bool value) { out += value ? "true" : "false"; }
  void operator()(double value) { out += std::isfinite(value) ? fmt::format("{}", value) : "null"; }
  template <typename T>
  requires std::is_integral_v<T>
  void operator()(T value) { fmt::format_to(std::back_inserter(out), "{}", value); }
  void operator()(std::string_view text) {
    out += '"';
    while (!text.empty()) {
      const std::size_t length = letter_length(text);
      const char c = text.front();
      if (length == 0)
        out += "\xEF\xBF\xBD";
      else if (c == '"' || c == '\\')
        (out += '\\') += c;
      else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
        write_control(out, c);
      else
        out += text.substr(0, length);
      text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
  }
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
