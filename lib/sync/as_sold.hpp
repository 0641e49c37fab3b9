// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>
#include <vector>

#include "lib/sync/sales_row.hpp"

namespace consolidador {

/// A closed day under the suppliers that its sales were proven with. The supplier comes from the
/// POS's master data, not from the till line: a product that changes it, or leaves `productos`,
/// must not rewrite history.
struct AsSold {
  std::vector<SalesRow> rows;         ///< sorted by key, each key once
  std::size_t reclassified = 0;       ///< rows of the POS that now have another supplier there
  std::vector<std::string> examples;  ///< `Upc 123: IdProveedor 7 now 0`, the first few
};

/// `wanted` as the POS has it, `proven` as a target has proven it; both sorted by key. Sums stay
/// exactly those of `wanted`.
AsSold as_sold(std::span<const SalesRow> wanted, std::span<const SalesRow> proven);

}  // namespace consolidador
