// SPDX-License-Identifier: MIT
#include "lib/sync/day_totals.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>

#include "lib/core/huella.hpp"

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
  const std::string prefix = fmt::format("{}|{}", to_string(date), branch_id);
  std::string text;
  for (const SalesRow& row : rows) {
    text = prefix;
    for (const auto number :
         {row.key.proveedor, row.key.departamento, row.key.categoria, row.key.subcategoria})
      fmt::format_to(std::back_inserter(text), FMT_COMPILE("|{}"), number);
    for (const Decimal amount : {row.unidades, row.venta, row.costo})
      (text += '|') += amount.to_string();
    (text += '|') += row.key.upc;
    huella.add(text);
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
  append_difference(text, "Huella", fmt::format("{:016x}", expected.huella),
                    fmt::format("{:016x}", actual.huella));
  return text;
}

}  // namespace consolidador
