// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/core/decimal.hpp"
#include "lib/db/statement.hpp"

namespace consolidador {

/// The only row of a procedure's result, read by column name. Valid until `rows` moves on. Every
/// member throws Error (permanent, schema) that names procedure and column when it is not there.
class Record {
 public:
  Record(Rows& rows, std::string_view procedure);

  /// NULL counts as 0: the sum over no rows. Rounded to four decimals, half away from zero.
  Decimal amount(std::string_view column) const;
  std::uint64_t number(std::string_view column) const;
  std::string text(std::string_view column) const;  ///< NULL counts as empty
  bool has(std::string_view column) const;          ///< a schema of the version before may lack it
  bool is_null(std::string_view column) const { return !cell(column).has_value(); }

 private:
  std::optional<std::size_t> find(std::string_view column) const;
  Rows::Cell cell(std::string_view column) const;
  [[noreturn]] void fail(std::string_view what) const;

  Rows& rows_;
  std::string procedure_;
};

}  // namespace consolidador
