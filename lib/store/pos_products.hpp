// SPDX-License-Identifier: MIT
#pragma once
#include "lib/db/pool.hpp"
#include "lib/sync/product_names.hpp"

namespace consolidador {

/// The products of a POS that has sp_descripcion_producto, behind the port ProductNames.
/// Thread-safe; the pool, of product_connection(), must outlive it.
class PosProducts : public ProductNames {
 public:
  explicit PosProducts(Pool& pool) : pool_(pool) {}
  NamesByCode names(std::span<const std::string> codes) override;

 private:
  Pool& pool_;
};

}  // namespace consolidador
