// SPDX-License-Identifier: MIT
#include "lib/db/batch.hpp"

#include <fmt/format.h>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(ErrorClass::permanent, ErrorCause::internal, reason);
}

}  // namespace

BatchRow::Cell& BatchRow::next_cell(bool text) {
  if (filled_ == cells_.size())
    refuse(fmt::format("a row of a batch has more than {} cells", cells_.size()));
  Cell& cell = cells_[filled_++];
  if (typed_ && cell.text != text)
    refuse(fmt::format("column {} of a batch holds {}", filled_,
                       cell.text ? "texts, not integers" : "integers, not texts"));
  cell.text = text;
  return cell;
}

void BatchRow::add(std::int64_t value) {
  next_cell(false).integer = value;
}

void BatchRow::add(std::string_view value) {
  next_cell(true).characters = value;
}

std::size_t BatchRow::bytes() const noexcept {
  constexpr std::size_t null_flag = 1, type = 2, length_prefix = 9;
  std::size_t bytes = 0;
  for (const Cell& cell : cells_)
    bytes += null_flag + type +
             (cell.text ? length_prefix + cell.characters.size() : sizeof(std::int64_t));
  return bytes;
}

void Batch::read(std::size_t row, BatchRow& cells) const {
  cells.filled_ = 0;
  fill_(row, cells);
  if (cells.filled_ != columns_) refuse("a row of a batch is unfinished");
  cells.typed_ = true;
}

}  // namespace consolidador
