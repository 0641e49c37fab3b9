// SPDX-License-Identifier: MIT
#include "lib/core/text.hpp"

#include <algorithm>
#include <array>

namespace consolidador {
namespace {

struct Letter {
  std::size_t length = 0;  ///< in bytes; 0: no letter
  char32_t code = 0;
};

bool continues_letter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t length_by_first_byte(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xC0) return 0;
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
}

/// At the front of `text`, which is not empty.
Letter first_letter(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = length_by_first_byte(first);
  if (length == 1) return {1, first};
  if (length == 0 || text.size() < length) return {};
  char32_t code = first & (0x7FU >> length);
  for (const char c : text.substr(1, length - 1)) {
    if (!continues_letter(c)) return {};
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least[length] || code > 0x10FFFF || surrogate) return {};
  return {length, code};
}

bool is_noncharacter(char32_t code) {
  return (code & 0xFFFEU) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

/// Control characters, of which terminals obey the second block, too, and separators of lines.
bool breaks_line(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

/// Marks that turn the letters after them: a code would read as another one (Unicode TR 36).
bool turns_text(char32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

/// Letters without width: a code would look like another one.
bool hides(char32_t code) {
  return code == 0x200B || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
         (code >= 0xE0000 && code <= 0xE007F);
}

}  // namespace

std::size_t letter_length(std::string_view text) noexcept {
  return text.empty() ? 0 : first_letter(text).length;
}

char32_t code_of(std::string_view letter) noexcept {
  return letter.empty() ? 0 : first_letter(letter).code;
}

bool is_harmless(char32_t code) noexcept {
  return !breaks_line(code) && !turns_text(code) && !hides(code);
}

std::optional<std::size_t> utf8_length(std::string_view text) noexcept {
  std::size_t letters = 0;
  for (; !text.empty(); ++letters) {
    const std::size_t length = letter_length(text);
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
  }
  return letters;
}

std::string_view shortened(std::string_view text, std::size_t bytes) noexcept {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && continues_letter(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

std::string abridged(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  constexpr std::string_view left_out = " ...";
  auto beginning = shortened(text, bytes - std::min(bytes, left_out.size()));
  const auto last_blank = beginning.rfind(' ');
  const bool within_word = text[beginning.size()] != ' ' && last_blank != std::string_view::npos;
  if (within_word && last_blank >= beginning.size() / 3)
    beginning = beginning.substr(0, last_blank);
  return std::string(beginning).append(left_out);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const auto [length, code] = first_letter(text);
    valid += length == 0 || is_noncharacter(code) ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

std::string one_line(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string line;
  for (std::string_view rest = valid; !rest.empty();) {
    const auto [length, code] = first_letter(rest);
    line += is_harmless(code) ? rest.substr(0, length) : " ";
    rest.remove_prefix(length);
  }
  return line;
}

}  // namespace consolidador
