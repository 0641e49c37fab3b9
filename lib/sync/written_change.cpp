// SPDX-License-Identifier: MIT
#include "lib/sync/written_change.hpp"

#include <algorithm>
#include <utility>

namespace consolidador {
namespace {

using Product = WrittenChange::Product;

/// Of equal differences, the one that came first stays in front.
void offer(std::vector<Product>& largest, const std::string& upc, Decimal venta) {
  const auto place = std::ranges::find_if(
      largest, [&](const Product& product) { return product.venta.abs() < venta.abs(); });
  if (place == largest.end() && largest.size() == named_products) return;
  largest.insert(place, {upc, venta});
  if (largest.size() > named_products) largest.pop_back();
}

/// Walks both lists of a delta at once, code by code: both are in the order of the key.
class Walk {
 public:
  explicit Walk(const Delta& delta) : delta_(delta) {}

  WrittenChange run() {
    while (const std::string* upc = next_upc()) {
      const Decimal before = change_.venta;
      while (writes(*upc)) write();
      while (removes(*upc)) remove();
      offer(change_.largest, *upc, change_.venta - before);
    }
    return std::move(change_);
  }

 private:
  const std::string* next_upc() const {
    const auto* written = write_ < delta_.write.size() ? &delta_.write[write_]->key.upc : nullptr;
    const auto* removed =
        remove_ < delta_.remove.size() ? &delta_.remove[remove_]->key.upc : nullptr;
    if (!written || !removed) return written ? written : removed;
    return std::min(written, removed, [](const auto* a, const auto* b) { return *a < *b; });
  }

  bool writes(const std::string& upc) const {
    return write_ < delta_.write.size() && delta_.write[write_]->key.upc == upc;
  }
  bool removes(const std::string& upc) const {
    return remove_ < delta_.remove.size() && delta_.remove[remove_]->key.upc == upc;
  }

  void write() {
    const SalesRow* replaced = delta_.replaced[write_];
    plus(*delta_.write[write_++]);
    if (replaced) minus(*replaced);
    ++(replaced ? change_.changed : change_.added);
  }

  void remove() {
    minus(*delta_.remove[remove_++]);
    ++change_.removed;
  }

  void plus(const SalesRow& row) {
    change_.unidades += row.unidades;
    change_.venta += row.venta;
    change_.costo += row.costo;
  }

  void minus(const SalesRow& row) {
    change_.unidades -= row.unidades;
    change_.venta -= row.venta;
    change_.costo -= row.costo;
  }

  const Delta& delta_;
  std::size_t write_ = 0;
  std::size_t remove_ = 0;
  WrittenChange change_;
};

}  // namespace

WrittenChange change_of(const Delta& delta) {
  return Walk(delta).run();
}

WrittenChange reversed(WrittenChange change) {
  std::swap(change.added, change.removed);
  change.unidades = Decimal() - change.unidades;
  change.venta = Decimal() - change.venta;
  change.costo = Decimal() - change.costo;
  for (Product& product : change.largest) product.venta = Decimal() - product.venta;
  return change;
}

}  // namespace consolidador
