// SPDX-License-Identifier: MIT
#include "lib/sync/sales_row.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

constexpr std::size_t max_upc_characters = 20;
constexpr std::int64_t max_whole = 100'000'000'000'000;  // 14 digits before the point

std::size_t find_column(std::span<const std::string> columns, const char* name) {
  const auto found = std::ranges::find_if(
      columns, [&](const auto& column) { return strcasecmp(column.c_str(), name) == 0; });
  if (found == columns.end())
    throw Error(
        ErrorClass::permanent, ErrorCause::schema,
        fmt::format("the result has no column {}; run the scripts of sql/operativa again", name));
  return static_cast<std::size_t>(found - columns.begin());
}

bool is_midnight(std::string_view time) {
  return std::ranges::all_of(time,
                             [](char c) { return c == '0' || c == ':' || c == '.' || c == ' '; });
}

}  // namespace

bool fits_decimal_18_4(Decimal value) noexcept {
  return value.abs().units() < Decimal::Units{max_whole} * Decimal::scale;
}

SalesRowMapper::SalesRowMapper(std::span<const std::string> columns, Date day)
    : at_{find_column(columns, "Fecha"),       find_column(columns, "Upc"),
          find_column(columns, "IdProveedor"), find_column(columns, "IdDepartamento"),
          find_column(columns, "IdCategoria"), find_column(columns, "IdSubcategoria"),
          find_column(columns, "Unidades"),    find_column(columns, "VentaTotal"),
          find_column(columns, "CostoTotal")},
      day_(to_string(day)) {}

SalesRow SalesRowMapper::map(std::span<const Cell> cells) {
  ++row_;
  const RoundedCount before = rounded_;
  try {
    current_upc_.clear();
    current_upc_ = upc(cells[at_.upc]);
    check_date(cells[at_.fecha]);
    return map_checked(cells);
  } catch (const RowRefused&) {
    rounded_ = before;  // amounts() counts them
    throw;
  }
}

SalesRow SalesRowMapper::map_checked(std::span<const Cell> cells) {
  SalesRow row;
  row.key = {current_upc_, dimension(cells[at_.proveedor], "IdProveedor"),
             dimension(cells[at_.departamento], "IdDepartamento"),
             dimension(cells[at_.categoria], "IdCategoria"),
             dimension(cells[at_.subcategoria], "IdSubcategoria")};
  row.unidades = amount(cells[at_.unidades], "Unidades", rounded_.unidades);
  row.venta = amount(cells[at_.venta], "VentaTotal", rounded_.venta);
  row.costo = amount(cells[at_.costo], "CostoTotal", rounded_.costo);
  return row;
}

SourceTotals SalesRowMapper::amounts(std::span<const Cell> cells) {
  check_date(cells[at_.fecha]);  // the code may have been refused before it
  return {amount_or_nothing(cells[at_.unidades], "Unidades", rounded_.unidades),
          amount_or_nothing(cells[at_.venta], "VentaTotal", rounded_.venta),
          amount_or_nothing(cells[at_.costo], "CostoTotal", rounded_.costo)};
}

std::array<SalesRowMapper::Cell, 8> SalesRowMapper::cells_of(std::span<const Cell> cells) const {
  return {cells[at_.upc],       cells[at_.proveedor],    cells[at_.departamento],
          cells[at_.categoria], cells[at_.subcategoria], cells[at_.unidades],
          cells[at_.venta],     cells[at_.costo]};
}

void SalesRowMapper::check_date(Cell cell) const {
  if (!cell) distrust("Fecha", "is NULL");
  if (!cell->starts_with(day_) || !is_midnight(cell->substr(day_.size())))
    distrust("Fecha", fmt::format("'{}' is not the day asked for, {}", cell->substr(0, 30), day_));
}

std::string SalesRowMapper::upc(Cell cell) const {
  if (!cell) reject("Upc", "is NULL");
  const auto length = utf8_length(*cell);
  if (!length) reject("Upc", "is not valid UTF-8");
  if (cell->find_first_not_of(' ') == std::string_view::npos) reject("Upc", "is empty");
  if (*length > max_upc_characters)
    reject("Upc", fmt::format("'{}' has {} characters; at most {} fit", *cell, *length,
                              max_upc_characters));
  return std::string(*cell);
}

std::int32_t SalesRowMapper::dimension(Cell cell, const char* column) const {
  if (!cell) return 0;
  std::int32_t value = 0;
  const auto end = cell->data() + cell->size();
  const auto [stop, error] = std::from_chars(cell->data(), end, value);
  if (error == std::errc{} && stop == end) return value;
  // A DECIMAL or DOUBLE column may hold whole numbers.
  const auto [number, inexact] = parse_number(*cell, column);
  const auto whole = number.units() / Decimal::scale;
  const bool fractional = inexact || number.units() % Decimal::scale != 0;
  if (fractional || whole < INT32_MIN || whole > INT32_MAX)
    reject(column, fmt::format("'{}' is not a 32-bit whole number", cell->substr(0, 40)));
  return static_cast<std::int32_t>(whole);
}

Decimal SalesRowMapper::amount(Cell cell, const char* column, std::uint64_t& rounded) const {
  if (!cell) reject(column, "is NULL");
  const auto [value, inexact] = parse_number(*cell, column);
  if (!fits_decimal_18_4(value))
    reject(column, fmt::format("'{}' does not fit DECIMAL(18,4)", cell->substr(0, 60)));
  rounded += inexact ? 1 : 0;
  return value;
}

Decimal SalesRowMapper::amount_or_nothing(Cell cell, const char* column,
                                          std::uint64_t& rounded) const {
  if (!cell) return {};
  const auto [value, inexact] = parse_number(*cell, column);
  rounded += inexact ? 1 : 0;
  return value;
}

/// What is no number, or one beyond all measure, is a row that can be neither weighed nor audited.
Decimal::Rounded SalesRowMapper::parse_number(std::string_view text, const char* column) const {
  try {
    return Decimal::parse_rounding(text);
  } catch (const DataError& error) {
    reject(column, error.what());
  }
}

std::string SalesRowMapper::message(const char* column, std::string_view reason) const {
  return fmt::format("row {}{}: {} {}; correct it in the POS", row_,
                     current_upc_.empty() ? "" : fmt::format(" (Upc '{}')", current_upc_), column,
                     reason);
}

void SalesRowMapper::reject(const char* column, std::string_view reason) const {
  throw RowRefused(message(column, reason), fmt::format("{} {}", column, reason));
}

void SalesRowMapper::distrust(const char* column, std::string_view reason) const {
  throw DataError(message(column, reason));
}

}  // namespace consolidador
