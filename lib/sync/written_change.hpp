// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "lib/core/decimal.hpp"
#include "lib/sync/loader.hpp"

namespace consolidador {

/// What a write changes in a target's rows of a day, in rows and in money. Differences are the rows
/// after it less those before it.
struct WrittenChange {
  struct Product {
    std::string upc;
    Decimal venta;  ///< over all rows of the code

    friend bool operator==(const Product&, const Product&) = default;
  };

  std::size_t added = 0;
  std::size_t changed = 0;  ///< the same key with other amounts
  std::size_t removed = 0;
  Decimal unidades;
  Decimal venta;
  Decimal costo;
  std::vector<Product> largest;  ///< at most `named_products`, by the amount of their difference

  bool empty() const noexcept { return added + changed + removed == 0; }

  friend bool operator==(const WrittenChange&, const WrittenChange&) = default;
};

constexpr std::size_t named_products = 5;

/// What applying the delta changes. Takes time for the rows that differ alone.
WrittenChange change_of(const Delta& delta);

/// What the opposite write would change: how the rows before differ from those after.
WrittenChange reversed(WrittenChange change);

}  // namespace consolidador
