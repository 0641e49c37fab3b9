// SPDX-License-Identifier: MIT
#include "lib/sync/row_text.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>

namespace consolidador {

RowText::RowText(std::int32_t branch_id, Date date)
    : prefix_(fmt::format("{}|{}", to_string(date), branch_id)) {}

const std::string& RowText::operator()(const SalesRow& row) {
  text_ = prefix_;
  for (const auto number :
       {row.key.proveedor, row.key.departamento, row.key.categoria, row.key.subcategoria})
    fmt::format_to(std::back_inserter(text_), FMT_COMPILE("|{}"), number);
  for (const Decimal amount : {row.unidades, row.venta, row.costo})
    (text_ += '|') += amount.to_string();
  return (text_ += '|') += row.key.upc;
}

}  // namespace consolidador
