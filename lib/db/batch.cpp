// SPDX-License-Identifier: MIT
#include "lib/db/batch.hpp"

namespace consolidador {

Batch::Batch(std::size_t columns, std::size_t rows) : columns_(columns), rows_hint_(rows) {}

Batch::Column& Batch::next_column() {
  return columns_[cells_++ % columns_.size()];
}

void Batch::add(std::int64_t value) {
  Column& column = next_column();
  if (column.integers.empty()) column.integers.reserve(rows_hint_);
  column.integers.push_back(value);
  bytes_ += 1 + sizeof value;
}

void Batch::add(std::string_view value) {
  Column& column = next_column();
  if (column.ends.empty()) column.ends.reserve(rows_hint_);
  column.text = true;
  column.characters += value;
  column.ends.push_back(static_cast<std::uint32_t>(column.characters.size()));
  bytes_ += 4 + value.size();
}

std::size_t Batch::rows() const noexcept {
  return columns_.empty() ? 0 : cells_ / columns_.size();
}

std::size_t Batch::bytes_per_row() const noexcept {
  return rows() == 0 ? 0 : bytes_ / rows() + 1;
}

std::string_view Batch::text(std::size_t column, std::size_t row) const {
  const Column& cells = columns_[column];
  const std::size_t begin = row == 0 ? 0 : cells.ends[row - 1];
  return std::string_view(cells.characters).substr(begin, cells.ends[row] - begin);
}

}  // namespace consolidador
