// SPDX-License-Identifier: MIT
#include "lib/sync/row_differences.hpp"

#include <fmt/format.h>

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

std::string describe(const SalesRow& expected, const SalesRow* held) {
  return fmt::format("{}: {} instead of {}", describe(expected.key),
                     held ? amounts(*held) : "nothing", amounts(expected));
}

}  // namespace

std::vector<std::string> row_differences(std::span<const SalesRow> held,
                                         std::span<const SalesRow> expected) {
  const Delta delta = compare(held, expected);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < delta.write.size(); ++i)
    lines.push_back(describe(*delta.write[i], delta.replaced[i]));
  for (const SalesRow* row : delta.remove)
    lines.push_back(fmt::format("{}: {} instead of nothing", describe(row->key), amounts(*row)));
  return lines;
}

}  // namespace consolidador
