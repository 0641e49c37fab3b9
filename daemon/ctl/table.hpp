// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace consolidador::ctl {

enum class Colour { none, green, yellow, red, bold, dim };

/// The text between the codes of a terminal.
std::string painted(const std::string& text, Colour colour);

struct Cell {
  std::string text;
  Colour colour = Colour::none;
};

/// Columns as wide as their widest cell, two blanks between them, no blank at the end of a line.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as columns.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const noexcept { return rows_.empty(); }
  std::string text(bool coloured) const;

 private:
  std::size_t width(std::size_t column) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace consolidador::ctl
