// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "lib/core/decimal.hpp"
#include "lib/db/statement.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/sales_row.hpp"

namespace consolidador {

// Cells of our own tables, whose columns have their types: nothing to validate. NULL is empty, or
// 0.

std::string text_of(Rows::Cell cell);
std::uint64_t count_of(Rows::Cell cell);
Decimal amount_of(Rows::Cell cell);

/// Of five cells: Upc, supplier, department, category, subcategory.
SalesKey key_of(std::span<const Rows::Cell> cells);
/// Of five cells: rows, units, sales, cost, Huella.
DayTotals totals_of(std::span<const Rows::Cell> cells);

}  // namespace consolidador
