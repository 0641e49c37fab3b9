// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>
#include <vector>

#include "lib/sync/sales_row.hpp"

namespace consolidador {

/// Which of a row's dimensions the POS's procedure takes from master data, not from the till line.
struct MasterData {
  bool supplier = true;
  bool department = false;
  bool category = false;
  bool subcategory = false;
};

/// A closed day under the suppliers, and whatever else comes from master data, that its sales were
/// proven with: a product that changes its supplier, or leaves `productos`, must not rewrite
/// history.
struct AsSold {
  std::vector<SalesRow> rows;         ///< sorted by key, each key once
  std::size_t reclassified = 0;       ///< rows of the POS that now stand elsewhere there
  std::vector<std::string> examples;  ///< `Upc 123: IdProveedor 7 now 0`, the first few
};

/// `wanted` as the POS has it, `proven` as a target has proven it; both sorted by key. Sums stay
/// exactly those of `wanted`.
AsSold as_sold(std::span<const SalesRow> wanted, std::span<const SalesRow> proven,
               const MasterData& master);

}  // namespace consolidador
