// SPDX-License-Identifier: MIT
#include "lib/sync/day_totals.hpp"

#include <fmt/format.h>

#include <iterator>

#include "lib/core/huella.hpp"
#include "lib/sync/row_text.hpp"

namespace consolidador {
namespace {

void append_difference(std::string& text, std::string_view what, const auto& expected,
                       const auto& actual) {
  if (expected == actual) return;
  fmt::format_to(std::back_inserter(text), "{}{} is {} instead of {}", text.empty() ? "" : ", ",
                 what, actual, expected);
}

void append_difference(std::string& text, std::string_view what, Decimal expected, Decimal actual) {
  append_difference(text, what, expected.to_string(), actual.to_string());
}

}  // namespace

DayTotals totals_of(std::span<const SalesRow> rows, std::int32_t branch_id, Date date) {
  DayTotals totals;
  HuellaSum huella;
  RowText text(branch_id, date);
  for (const SalesRow& row : rows) {
    huella.add(text(row));
    ++totals.filas;
    totals.unidades += row.unidades;
    totals.venta += row.venta;
    totals.costo += row.costo;
  }
  totals.huella = huella.value();
  return totals;
}

std::string differences(const DayTotals& expected, const DayTotals& actual) {
  std::string text;
  append_difference(text, "TotalFilas", expected.filas, actual.filas);
  append_difference(text, "TotalUnidades", expected.unidades, actual.unidades);
  append_difference(text, "TotalVenta", expected.venta, actual.venta);
  append_difference(text, "TotalCosto", expected.costo, actual.costo);
  append_difference(text, "Huella", std::to_string(expected.huella), std::to_string(actual.huella));
  return text;
}

}  // namespace consolidador
