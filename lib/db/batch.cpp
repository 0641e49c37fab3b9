// SPDX-License-Identifier: MIT
#include "lib/db/batch.hpp"

#include <fmt/format.h>

#include "lib/core/error.hpp"

namespace consolidador {

Batch::Batch(std::size_t columns, std::size_t rows) : columns_(columns), rows_hint_(rows) {}

Batch::Column& Batch::next_column(bool text) {
  const std::size_t index = cells_ % columns_.size();
  Column& column = columns_[index];
  if (cells_ == index) {  // the first row
    column.text = text;
    text ? column.ends.reserve(rows_hint_) : column.integers.reserve(rows_hint_);
  }
  if (column.text == text) return column;
  throw Error(ErrorClass::permanent, ErrorCause::internal,
              fmt::format("column {} of a batch holds {}", index + 1,
                          column.text ? "texts, not integers" : "integers, not texts"));
}

void Batch::add(std::int64_t value) {
  next_column(false).integers.push_back(value);
  ++cells_;
}

void Batch::add(std::string_view value) {
  Column& column = next_column(true);
  column.characters += value;
  column.ends.push_back(column.characters.size());
  ++cells_;
}

std::size_t Batch::rows() const noexcept {
  return columns_.empty() ? 0 : cells_ / columns_.size();
}

bool Batch::complete() const noexcept {
  return columns_.empty() || cells_ % columns_.size() == 0;
}

std::size_t Batch::row_bytes(std::size_t row) const {
  constexpr std::size_t null_flag = 1, type = 2, length_prefix = 9;
  std::size_t bytes = 0;
  for (std::size_t column = 0; column < columns_.size(); ++column)
    bytes += null_flag + type +
             (is_text(column) ? length_prefix + text(column, row).size() : sizeof(std::int64_t));
  return bytes;
}

std::string_view Batch::text(std::size_t column, std::size_t row) const {
  const Column& cells = columns_[column];
  const std::size_t begin = row == 0 ? 0 : cells.ends[row - 1];
  return std::string_view(cells.characters).substr(begin, cells.ends[row] - begin);
}

}  // namespace consolidador
