// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace consolidador {

enum class Colour { none, green, yellow, red, bold, dim };

/// What a text is shown on.
struct Look {
  static constexpr std::size_t any_width = std::string::npos;

  bool coloured = false;          ///< with the codes of a terminal
  std::size_t width = any_width;  ///< letters that fit on a line; any_width where no line is broken

  /// The text in its colour, if there are any.
  std::string painted(const std::string& text, Colour colour) const;
};

/// Letters of UTF-8, which must be valid.
std::size_t letters(std::string_view text);

/// The text in lines of at most so many letters (at least one), broken between words, inside of
/// one only when it is longer than a line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

struct Cell {
  std::string text;
  Colour colour = Colour::none;
};

/// Columns as wide as their widest cell, two blanks between them, no blank at the end of a line;
/// a head with the titles unless all are empty. No line is wider than the look: the last column is
/// wrapped, and columns for which there is no room go under their row, each behind its title.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as columns; their texts are made for_terminal().
  void add(std::vector<Cell> row);
  bool empty() const noexcept { return rows_.empty(); }
  std::string text(const Look& look) const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace consolidador
