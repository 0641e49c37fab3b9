// SPDX-License-Identifier: MIT
#include "lib/store/cells.hpp"

#include <charconv>

namespace consolidador {
namespace {

std::int32_t whole_of(Rows::Cell cell) {
  return static_cast<std::int32_t>(amount_of(cell).units() / Decimal::scale);
}

}  // namespace

std::string text_of(Rows::Cell cell) {
  return std::string(cell.value_or(""));
}

std::uint64_t count_of(Rows::Cell cell) {
  std::uint64_t value = 0;
  const auto text = cell.value_or("");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Decimal amount_of(Rows::Cell cell) {
  return Decimal::parse(cell.value_or("0"));
}

SalesKey key_of(std::span<const Rows::Cell> cells) {
  return {text_of(cells[0]), whole_of(cells[1]), whole_of(cells[2]), whole_of(cells[3]),
          whole_of(cells[4])};
}

DayTotals totals_of(std::span<const Rows::Cell> cells) {
  return {count_of(cells[0]), amount_of(cells[1]), amount_of(cells[2]), amount_of(cells[3]),
          count_of(cells[4])};
}

}  // namespace consolidador
