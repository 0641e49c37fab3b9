// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/sync/sales_row.hpp"

namespace consolidador {

/// What a day amounts to in one place; two places hold the same day when these are equal.
struct DayTotals {
  std::uint64_t filas = 0;
  Decimal unidades;
  Decimal venta;
  Decimal costo;
  std::uint64_t huella = 0;  ///< of the rows; 0 without rows

  friend bool operator==(const DayTotals&, const DayTotals&) = default;
};

/// Totals and fingerprint of a branch's day, as sp_audit_ventas_agrupadas computes them.
DayTotals totals_of(std::span<const SalesRow> rows, std::int32_t branch_id, Date date);

/// How `actual` differs from `expected`, for people; empty when it does not.
std::string differences(const DayTotals& expected, const DayTotals& actual);

}  // namespace consolidador
