// SPDX-License-Identifier: MIT
#include "lib/db/multi_row.hpp"

#include <strings.h>

#include <algorithm>
#include <cctype>

namespace consolidador {
namespace {

constexpr std::string_view separator = ", ";

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool same(std::string_view word, std::string_view keyword) {
  return word.size() == keyword.size() &&
         strncasecmp(word.data(), keyword.data(), word.size()) == 0;
}

std::size_t piece_length(std::string_view text);

/// A doubled quote inside counts as two texts side by side, which is as good here.
std::size_t quoted_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == text[0]) return i + 1;
    if (text[i] == '\\' && text[0] != '`') ++i;
  }
  return 0;
}

std::size_t group_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size();) {
    if (text[i] == ')') return i + 1;
    const std::size_t step = piece_length(text.substr(i));
    if (step == 0) return 0;
    i += step;
  }
  return 0;
}

/// The piece of SQL at the start: a word, a quoted text, a group in parentheses, or one other
/// character. 0 at the end, and where a quote or a parenthesis is not closed.
std::size_t piece_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == '\'' || text[0] == '"' || text[0] == '`') return quoted_length(text);
  if (text[0] == '(') return group_length(text);
  const auto end = std::ranges::find_if_not(text, is_word);
  return std::max<std::size_t>(static_cast<std::size_t>(end - text.begin()), 1);
}

std::string_view take_piece(std::string_view& rest) {
  const auto start = std::ranges::find_if_not(rest, is_space);
  rest.remove_prefix(static_cast<std::size_t>(start - rest.begin()));
  const auto piece = rest.substr(0, piece_length(rest));
  rest.remove_prefix(piece.size());
  return piece;
}

/// The only `(...)` behind VALUES, or nothing.
std::string_view find_group(std::string_view sql) {
  auto piece = take_piece(sql);
  if (!same(piece, "INSERT") && !same(piece, "REPLACE")) return {};
  while (!same(piece, "VALUES")) {
    piece = take_piece(sql);
    if (piece.empty() || same(piece, "SELECT") || same(piece, "SET")) return {};
  }
  const auto group = take_piece(sql);
  return group.starts_with('(') && take_piece(sql) != "," ? group : std::string_view();
}

}  // namespace

bool is_insert_values(std::string_view sql) {
  return !find_group(sql).empty();
}

std::string repeat_values(std::string_view sql, std::size_t rows) {
  const auto group = find_group(sql);
  const auto end = static_cast<std::size_t>(group.data() - sql.data()) + group.size();
  std::string repeated(sql.substr(0, end));
  repeated.reserve(sql.size() + rows * (separator.size() + group.size()));
  for (std::size_t i = 1; i < rows; ++i) repeated.append(separator).append(group);
  return repeated.append(sql.substr(end));
}

std::size_t repeatable_rows(std::string_view sql, std::size_t columns, std::size_t bytes) {
  const auto group = find_group(sql);
  if (group.empty() || columns == 0) return 1;
  const std::size_t more = bytes / (separator.size() + group.size());
  return std::max<std::size_t>(std::min(max_parameters / columns, more + 1), 1);
}

}  // namespace consolidador
