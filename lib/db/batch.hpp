// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace consolidador {

/// The parameters of many executions of one statement, column by column as array binding wants
/// them. Cells are added row by row from left to right; a column keeps the type of its first cell,
/// a cell of another type is an Error (internal).
class Batch {
 public:
  /// `columns`: parameters of the statement; `rows`: how many are expected, to allocate once.
  explicit Batch(std::size_t columns, std::size_t rows = 0);

  void add(std::int64_t value);
  void add(std::string_view value);

  std::size_t columns() const noexcept { return columns_.size(); }
  std::size_t rows() const noexcept;
  bool complete() const noexcept;  ///< the last row has all its cells
  /// Upper bound of the bytes that the row takes on the wire.
  std::size_t row_bytes(std::size_t row) const;

  bool is_text(std::size_t column) const { return columns_[column].text; }
  const std::int64_t* integers(std::size_t column) const {
    return columns_[column].integers.data();
  }
  std::string_view text(std::size_t column, std::size_t row) const;
  std::int64_t integer(std::size_t column, std::size_t row) const {
    return columns_[column].integers[row];
  }

 private:
  struct Column {
    bool text = false;
    std::vector<std::int64_t> integers;
    std::vector<std::size_t> ends;  // where each text ends in `characters`
    std::string characters;
  };
  Column& next_column(bool text);

  std::vector<Column> columns_;
  std::size_t cells_ = 0;
  std::size_t rows_hint_;
};

}  // namespace consolidador
