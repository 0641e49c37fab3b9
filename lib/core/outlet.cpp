// SPDX-License-Identifier: MIT
#include "lib/core/outlet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "lib/core/text.hpp"

namespace consolidador {
namespace {

// The last four are the wide ones of East Asian keyboards, which spreadsheets take for the others.
constexpr std::array<std::string_view, 8> calculating{"=",      "+",      "-",      "@",
                                                      "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

std::string line_of(std::string_view text, std::size_t longest) {
  return abridged(one_line(shortened(text, 2 * longest)), longest);
}

/// Whether a cell that begins here, after apostrophes, would be calculated.
bool would_calculate(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('\''), text.size()));
  return std::ranges::any_of(calculating,
                             [text](const auto& sign) { return text.starts_with(sign); });
}

/// Calls `at_cell` with the rest of the text wherever a cell may begin: it says how many bytes of
/// it are done with. All else goes over as it is.
template <typename AtCell>
std::string each_cell(std::string_view text, AtCell at_cell) {
  std::string out;
  bool at_beginning = true;
  while (!text.empty()) {
    if (at_beginning && text[0] != ' ') {
      text.remove_prefix(at_cell(text, out));
      at_beginning = false;
      continue;
    }
    at_beginning = at_beginning || text[0] == ';';
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

std::string_view html_name(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

/// Of one letter; beyond 16 bits JSON wants two numbers (RFC 8259, 7).
std::string json_number(char32_t code) {
  if (code < 0x10000) return fmt::format("\\u{:04x}", static_cast<unsigned>(code));
  const auto rest = static_cast<unsigned>(code - 0x10000);
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800U + (rest >> 10U), 0xDC00U + (rest & 0x3FFU));
}

std::string json_letter(std::string_view letter) {
  if (letter == "\"" || letter == "\\") return "\\" + std::string(letter);
  if (letter == "\n") return "\\n";
  if (letter == "\t") return "\\t";
  const char32_t code = code_of(letter);
  return is_harmless(code) ? std::string(letter) : json_number(code);
}

}  // namespace

std::string for_terminal(std::string_view text) {
  return line_of(text, longest_shown);
}

std::string for_log(std::string_view text) {
  return line_of(text, longest_shown);
}

std::string for_journal(std::string_view text) {
  return line_of(text, longest_shown);
}

std::string for_bus(std::string_view text) {
  return line_of(text, longest_on_bus);
}

std::string for_html(std::string_view text) {
  std::string out;
  for (const char c : line_of(text, longest_shown)) {
    const auto name = html_name(c);
    name.empty() ? out += c : out += name;
  }
  return out;
}

std::string for_csv(std::string_view text) {
  return each_cell(line_of(text, longest_shown), [](std::string_view cell, std::string& out) {
    if (would_calculate(cell)) out += '\'';
    return std::size_t{0};
  });
}

std::string from_csv(std::string_view cell) {
  return each_cell(cell, [](std::string_view rest, std::string&) {
    return rest.starts_with('\'') && would_calculate(rest) ? std::size_t{1} : std::size_t{0};
  });
}

std::string for_json(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string out = "\"";
  for (std::string_view rest = valid; !rest.empty();) {
    const auto letter = rest.substr(0, letter_length(rest));
    out += json_letter(letter);
    rest.remove_prefix(letter.size());
  }
  return out += '"';
}

}  // namespace consolidador
