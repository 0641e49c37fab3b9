// SPDX-License-Identifier: MIT
#include "lib/sync/row_differences.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/text.hpp"
#include "lib/sync/loader.hpp"

namespace consolidador {
namespace {

std::string describe(const SalesKey& key) {
  return fmt::format("Upc {} (supplier {}, department {}, category {}, subcategory {})",
                     one_line(key.upc), key.proveedor, key.departamento, key.categoria,
                     key.subcategoria);
}

std::string amounts(const SalesRow& row) {
  return fmt::format("units {}, sales {}, cost {}", row.unidades.to_string(), row.venta.to_string(),
                     row.costo.to_string());
}

std::string describe(const SalesRow& expected, std::span<const SalesRow> held) {
  const auto found = std::ranges::lower_bound(held, expected.key, {}, &SalesRow::key);
  const bool is_there = found != held.end() && found->key == expected.key;
  return fmt::format("{}: {} instead of {}", describe(expected.key),
                     is_there ? amounts(*found) : "nothing", amounts(expected));
}

}  // namespace

std::vector<std::string> row_differences(std::span<const SalesRow> held,
                                         std::span<const SalesRow> expected) {
  const Delta delta = compare(held, expected);
  std::vector<std::string> lines;
  for (const SalesRow* row : delta.write) lines.push_back(describe(*row, held));
  for (const SalesRow* row : delta.remove)
    lines.push_back(fmt::format("{}: {} instead of nothing", describe(row->key), amounts(*row)));
  return lines;
}

}  // namespace consolidador
