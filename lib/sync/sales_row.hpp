// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/core/error.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

/// What tells two rows of the same branch and day apart: the rest of the table's primary key. Codes
/// compare byte by byte, which is also the order of the key's collation (utf8mb4_nopad_bin).
struct SalesKey {
  std::string upc;
  std::int32_t proveedor = 0;
  std::int32_t departamento = 0;
  std::int32_t categoria = 0;
  std::int32_t subcategoria = 0;

  friend auto operator<=>(const SalesKey&, const SalesKey&) = default;
  friend bool operator==(const SalesKey&, const SalesKey&) = default;
};

/// One row of VentasAgrupadas; branch and day are known from where it stands.
struct SalesRow {
  SalesKey key;
  Decimal unidades;
  Decimal venta;
  Decimal costo;

  friend bool operator==(const SalesRow&, const SalesRow&) = default;
};

/// A row cannot be taken; the day may do without it.
class RowRefused : public DataError {
 public:
  RowRefused(const std::string& message, std::string reason)
      : DataError(message), reason_(std::move(reason)) {}
  const std::string& reason() const noexcept { return reason_; }  ///< `VentaTotal is NULL`

 private:
  std::string reason_;
};

/// Turns the cells of a result set into rows and checks each: Upc present, at most 20 characters of
/// valid UTF-8; dimensions 32-bit integers, NULL counts as 0; amounts that fit DECIMAL(18,4),
/// rounded half away from zero to four decimals; Fecha is the day asked for.
class SalesRowMapper {
 public:
  using Cell = std::optional<std::string_view>;

  /// `columns`: the result set's, in any order; further ones are ignored. Names compare without
  /// regard to case, as SQL does. Throws Error (permanent, schema) when one is missing.
  SalesRowMapper(std::span<const std::string> columns, Date day);

  /// Throws DataError that names the row (counted from 1), the column and the reason: RowRefused,
  /// or another where the whole result cannot be trusted: a row of another day, or an amount that
  /// is no number.
  SalesRow map(std::span<const Cell> cells);

  /// Of a row that map() has refused: what it amounts to, NULL counting as nothing, as in a sum.
  /// Throws DataError as map() does.
  SourceTotals amounts(std::span<const Cell> cells);

  /// Its cells from Upc to CostoTotal, in the order of the table's columns.
  std::array<Cell, 8> cells_of(std::span<const Cell> cells) const;

  std::uint64_t rows() const noexcept { return row_; }

  /// Rounded amounts so far, per column: each widens the tolerance by half a unit of the last
  /// place.
  struct RoundedCount {
    std::uint64_t unidades = 0, venta = 0, costo = 0;
  };
  const RoundedCount& rounded() const noexcept { return rounded_; }

 private:
  SalesRow map_checked(std::span<const Cell> cells);
  void check_date(Cell cell) const;
  std::string upc(Cell cell) const;
  std::int32_t dimension(Cell cell, const char* column) const;
  Decimal amount(Cell cell, const char* column, std::uint64_t& rounded) const;
  Decimal amount_or_nothing(Cell cell, const char* column, std::uint64_t& rounded) const;
  Decimal::Rounded parse_number(std::string_view text, const char* column) const;
  [[noreturn]] void reject(const char* column, std::string_view reason) const;
  [[noreturn]] void distrust(const char* column, std::string_view reason) const;
  std::string message(const char* column, std::string_view reason) const;

  struct Positions {
    std::size_t fecha, upc, proveedor, departamento, categoria, subcategoria, unidades, venta,
        costo;
  } at_;
  std::string day_;
  std::string current_upc_;
  std::uint64_t row_ = 0;
  RoundedCount rounded_;
};

/// The limits of DECIMAL(18,4).
bool fits_decimal_18_4(Decimal value) noexcept;

}  // namespace consolidador
