// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace consolidador {

/// The parameters of one execution, added from left to right. Used for one row after the other, so
/// that only the first allocates; a column keeps the type of its first cell. Throws Error
/// (internal) where a cell does not fit.
class BatchRow {
 public:
  struct Cell {
    bool text = false;
    std::int64_t integer = 0;
    std::string characters;
  };

  explicit BatchRow(std::size_t columns) : cells_(columns) {}

  void add(std::int64_t value);
  void add(std::string_view value);

  std::span<const Cell> cells() const noexcept { return cells_; }
  std::size_t bytes() const noexcept;  ///< upper bound of what it takes on the wire

 private:
  friend class Batch;
  Cell& next_cell(bool text);

  std::vector<Cell> cells_;
  std::size_t filled_ = 0;
  bool typed_ = false;
};

/// Many executions of one statement. It holds no rows: each is asked for when it is measured and
/// when it is sent, and must then be the same.
class Batch {
 public:
  using Fill = std::function<void(std::size_t row, BatchRow& cells)>;

  Batch(std::size_t columns, std::size_t rows, Fill fill)
      : columns_(columns), rows_(rows), fill_(std::move(fill)) {}

  std::size_t columns() const noexcept { return columns_; }
  std::size_t rows() const noexcept { return rows_; }

  /// Puts a row in the place of what `cells` held. Throws Error (internal) when it is unfinished.
  void read(std::size_t row, BatchRow& cells) const;

 private:
  std::size_t columns_;
  std::size_t rows_;
  Fill fill_;
};

}  // namespace consolidador
