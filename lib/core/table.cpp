// SPDX-License-Identifier: MIT
#include "lib/core/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "lib/core/outlet.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

using Cells = std::vector<Cell>;

constexpr std::size_t gap = 2;  // blanks between columns, and before what goes under a row
constexpr std::size_t narrowest_note = 40;  // a narrower last column would be hard to read

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

/// Up to so many letters from the front of `text`.
std::string_view front(std::string_view text, std::size_t count) {
  std::size_t bytes = 0;
  for (; count > 0 && bytes < text.size(); --count)
    bytes += std::max<std::size_t>(letter_length(text.substr(bytes)), 1);
  return text.substr(0, bytes);
}

/// The columns that have room in a line, and where the last of them is wrapped.
struct Layout {
  std::vector<std::size_t> widths;  ///< of the columns in the line

  Layout(std::vector<std::size_t> natural, bool wraps, std::size_t line)
      : widths(std::move(natural)) {
    const auto rest = line - std::min(line, used(widths.size() - 1));
    if (widths.back() <= rest) return;
    if (wraps && rest >= narrowest_note) {
      widths.back() = rest;
      return;
    }
    while (widths.size() > 1 && used(widths.size() - 1) + widths.back() > line) widths.pop_back();
    widths.back() = std::min(widths.back(), line);
  }

 private:
  /// Of the first columns, with the gap behind each.
  std::size_t used(std::size_t columns) const {
    return std::accumulate(widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(columns),
                           columns * gap);
  }
};

/// Puts lines together.
class Printer {
 public:
  Printer(const std::vector<Table::Column>& columns, Layout layout, const Look& look)
      : columns_(columns), layout_(std::move(layout)), look_(look) {}

  void head() {
    Cells cells;
    for (const auto& column : columns_) cells.push_back({column.title, Colour::bold});
    cells.resize(layout_.widths.size());
    line(cells);
  }

  void row(const Cells& cells) {
    const auto fitting = static_cast<std::ptrdiff_t>(layout_.widths.size());
    Cells first(cells.begin(), cells.begin() + fitting);
    const auto parts = wrapped(first.back().text, layout_.widths.back());
    for (const std::string& part : parts) {
      first.back().text = part;
      line(first);
      for (Cell& cell : first) cell.text.clear();
    }
    for (std::size_t i = layout_.widths.size(); i < cells.size(); ++i) under(i, cells[i]);
  }

  const std::string& text() const noexcept { return text_; }

 private:
  void line(const Cells& cells) {
    std::string blanks;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto room = layout_.widths[i];
      const std::string rest(room - std::min(room, letters(cells[i].text)), ' ');
      const bool right = columns_[i].align == Table::Align::right;
      if (right) blanks += rest;
      if (!cells[i].text.empty())
        text_ += std::exchange(blanks, "") + look_.painted(cells[i].text, cells[i].colour);
      blanks += (right ? "" : rest) + std::string(gap, ' ');
    }
    text_ += '\n';
  }

  void under(std::size_t column, const Cell& cell) {
    if (cell.text.empty()) return;
    const auto& title = columns_[column].title;
    const auto whole = title.empty() ? cell.text : title + ' ' + cell.text;
    for (const std::string& part : wrapped(whole, look_.width - std::min(look_.width - 1, gap)))
      text_ += std::string(gap, ' ') + look_.painted(part, cell.colour) + '\n';
  }

  const std::vector<Table::Column>& columns_;
  Layout layout_;
  const Look& look_;
  std::string text_;
};

}  // namespace

std::string Look::painted(const std::string& text, Colour colour) const {
  if (!coloured || colour == Colour::none) return text;
  return fmt::format("\033[{}m{}\033[0m", code(colour), text);
}

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (letters(text) > width) {
    auto line = front(text, width + 1);
    const auto blank = line.rfind(' ');
    const bool in_a_word = blank == std::string_view::npos || blank == 0;
    line = in_a_word ? front(text, width) : line.substr(0, blank);
    text.remove_prefix(line.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    lines.emplace_back(line.substr(0, line.find_last_not_of(' ') + 1));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = for_terminal(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(letters(columns_[i].title));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], letters(row[i].text));
  }
  return widths;
}

std::string Table::text(const Look& look) const {
  const bool wraps = columns_.back().align == Align::left;
  Printer printer(columns_, Layout(widths(), wraps, look.width), look);
  if (!std::ranges::all_of(columns_, &std::string::empty, &Column::title)) printer.head();
  for (const auto& row : rows_) printer.row(row);
  return printer.text();
}

}  // namespace consolidador
