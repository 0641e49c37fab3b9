// SPDX-License-Identifier: MIT
#include "lib/sync/as_sold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace consolidador {
namespace {

constexpr std::size_t most_examples = 5;

using Rows = std::span<const SalesRow>;

bool same_till_line(const SalesKey& a, const SalesKey& b) {
  return a.departamento == b.departamento && a.categoria == b.categoria &&
         a.subcategoria == b.subcategoria;
}

/// The suppliers under which the code's line was proven; of the whole code when the line is new.
std::set<std::int32_t> suppliers_of(const SalesKey& key, Rows proven) {
  std::set<std::int32_t> of_line, of_code;
  for (const SalesRow& row : proven) {
    of_code.insert(row.key.proveedor);
    if (same_till_line(row.key, key)) of_line.insert(row.key.proveedor);
  }
  return of_line.empty() ? of_code : of_line;
}

/// Nothing: the row stays as the POS has it. Where a line was proven under several suppliers, the
/// lowest counts, as in the extraction.
std::optional<std::int32_t> proven_supplier(const SalesKey& key, Rows proven) {
  const auto suppliers = suppliers_of(key, proven);
  if (suppliers.empty() || suppliers.contains(key.proveedor)) return std::nullopt;
  return *suppliers.begin();
}

Rows code_in(Rows rows, const std::string& upc) {
  const auto range = std::ranges::equal_range(
      rows, upc, {}, [](const SalesRow& row) -> const std::string& { return row.key.upc; });
  return {range.begin(), range.end()};
}

void merge_equal_keys(std::vector<SalesRow>& rows) {
  std::ranges::sort(rows, {}, &SalesRow::key);
  auto last = rows.begin();
  for (auto next = rows.begin(); next != rows.end(); ++next) {
    if (next == last) continue;
    if (next->key != last->key) {
      if (++last != next) *last = std::move(*next);
      continue;
    }
    last->unidades += next->unidades;
    last->venta += next->venta;
    last->costo += next->costo;
  }
  if (last != rows.end()) rows.erase(last + 1, rows.end());
}

}  // namespace

AsSold as_sold(Rows wanted, Rows proven) {
  AsSold result{{wanted.begin(), wanted.end()}, 0, {}};
  for (SalesRow& row : result.rows) {
    const auto supplier = proven_supplier(row.key, code_in(proven, row.key.upc));
    if (!supplier) continue;
    ++result.reclassified;
    if (result.examples.size() < most_examples)
      result.examples.push_back(
          fmt::format("Upc {}: IdProveedor {} now {}", row.key.upc, *supplier, row.key.proveedor));
    row.key.proveedor = *supplier;
  }
  if (result.reclassified != 0) merge_equal_keys(result.rows);
  return result;
}

}  // namespace consolidador
