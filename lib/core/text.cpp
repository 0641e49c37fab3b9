// SPDX-License-Identifier: MIT
#include "lib/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace consolidador {
namespace {

/// How many bytes the letter at the front has; 0: it is none (RFC 3629).
std::size_t letter_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC0 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF8 ? 4
                                            : 0;
  if (length < 2 || text.size() < length) return length == 1 ? 1 : 0;
  char32_t letter = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    letter = letter << 6U | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = letter >= 0xD800 && letter <= 0xDFFF;
  const bool noncharacter = (letter & 0xFFFEU) == 0xFFFE || (letter >= 0xFDD0 && letter <= 0xFDEF);
  const bool in_range = letter >= least[length] && letter <= 0x10FFFF;
  return in_range && !surrogate && !noncharacter ? length : 0;
}

bool continues_letter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::string json_control(char c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  return fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line(text);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    const auto next = static_cast<unsigned char>(i + 1 < line.size() ? line[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7f) line[i] = ' ';
    // U+0080 to U+009F, the second control block: terminals obey it, some readers break lines at
    // it.
    if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) line.replace(i, 2, 1, ' ');
  }
  return line;
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += json_control(c);
    else
      out += c;
  }
  return out += '"';
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = letter_length(text);
    valid += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

std::string_view shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && continues_letter(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

}  // namespace consolidador
