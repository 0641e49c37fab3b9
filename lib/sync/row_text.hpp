// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "lib/core/date.hpp"
#include "lib/sync/sales_row.hpp"

namespace consolidador {

/// The canonical text of a day's rows, of which the hashes are taken; sql/ writes the same with
/// CONCAT_WS, whatever locale and collation:
/// `Fecha|IdSucursal|IdProveedor|IdDepartamento|IdCategoria|IdSubcategoria|Unidades|VentaTotal|CostoTotal|Upc`,
/// each amount with four decimals. The code comes last, so that no character in it can be mistaken
/// for the separator.
class RowText {
 public:
  RowText(std::int32_t branch_id, Date date);

  /// Valid until the next call.
  const std::string& operator()(const SalesRow& row);

 private:
  std::string prefix_;
  std::string text_;
};

}  // namespace consolidador
