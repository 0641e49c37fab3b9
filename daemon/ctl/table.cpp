// SPDX-License-Identifier: MIT
#include "daemon/ctl/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace consolidador::ctl {
namespace {

/// Letters, not bytes.
std::size_t letters(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

const char* code(Colour colour) {
  switch (colour) {
    case Colour::green:
      return "32";
    case Colour::yellow:
      return "33";
    case Colour::red:
      return "31";
    case Colour::bold:
      return "1";
    case Colour::dim:
      return "2";
    case Colour::none:
      break;
  }
  return "0";
}

}  // namespace

std::string painted(const std::string& text, Colour colour) {
  return colour == Colour::none ? text : fmt::format("\033[{}m{}\033[0m", code(colour), text);
}

std::size_t Table::width(std::size_t column) const {
  std::size_t widest = letters(columns_[column].title);
  for (const auto& row : rows_) widest = std::max(widest, letters(row[column].text));
  return widest;
}

std::string Table::text(bool coloured) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) widths.push_back(width(i));
  std::string out;
  const auto write = [&](const std::vector<Cell>& row) {
    std::string blanks;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string rest(widths[i] - letters(row[i].text), ' ');
      const bool right = columns_[i].align == Align::right;
      if (right) blanks += rest;
      if (!row[i].text.empty())
        out += std::exchange(blanks, "") +
               (coloured ? painted(row[i].text, row[i].colour) : row[i].text);
      blanks += right ? "  " : rest + "  ";
    }
    out += '\n';
  };
  std::vector<Cell> head;
  for (const Column& column : columns_) head.push_back({column.title, Colour::bold});
  write(head);
  for (const auto& row : rows_) write(row);
  return out;
}

}  // namespace consolidador::ctl
