// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/sales_row.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What a row, or the difference of two, amounts to.
struct Amounts {
  Decimal unidades;
  Decimal venta;
  Decimal costo;

  friend bool operator==(const Amounts&, const Amounts&) = default;
  friend Amounts operator-(const Amounts& a, const Amounts& b) {
    return {a.unidades - b.unidades, a.venta - b.venta, a.costo - b.costo};
  }
};

inline Amounts amounts_of(const DayTotals& totals) {
  return {totals.unidades, totals.venta, totals.costo};
}

/// A day in one place, which is not owned.
struct PlaceDay {
  std::string place;
  DayTotals totals;                ///< as the place itself adds them up
  std::span<const SalesRow> rows;  ///< in the order of the key, each key once
};

/// A row that is not the same in all places.
struct RowDifference {
  SalesKey key;
  std::vector<std::optional<Amounts>> amounts;  ///< of each place; nothing: it has not the row

  /// What a place has more than the first one; a row that is not there counts as zero.
  Amounts difference(std::size_t place) const;
};

/// Those first that move most sales, then most cost, then most units.
void sort_by_weight(std::vector<RowDifference>& rows);

/// The rows in which the places differ, those first that move most sales, then most cost, then most
/// units. Throws DataError when in one place they do not add up to the difference of its totals
/// from those of the first.
std::vector<RowDifference> day_diff(std::span<const PlaceDay> places);

/// What a target holds of a day.
struct HeldDay {
  DayState state;
  std::vector<SalesRow> rows;  ///< they are what `state` counts
};

/// State and rows of one content: reads again where somebody writes the day in between. Throws
/// DataError when that does not end, and whatever the target throws.
HeldDay held_day(Target& target, std::int32_t branch_id, Date date);

}  // namespace consolidador
