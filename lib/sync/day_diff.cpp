// SPDX-License-Identifier: MIT
#include "lib/sync/day_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

constexpr int most_readings = 3;

using RowsByKey = std::map<SalesKey, RowDifference>;

RowsByKey gather(std::span<const PlaceDay> places) {
  RowsByKey rows;
  for (std::size_t place = 0; place < places.size(); ++place)
    for (const SalesRow& row : places[place].rows) {
      auto& amounts = rows.try_emplace(row.key, RowDifference{row.key, {}}).first->second.amounts;
      amounts.resize(places.size());
      amounts[place] = Amounts{row.unidades, row.venta, row.costo};
    }
  return rows;
}

bool differs(const RowDifference& row) {
  return std::ranges::any_of(row.amounts,
                             [&](const auto& amounts) { return amounts != row.amounts.front(); });
}

/// The most that the row moves, in the order of what counts.
auto weight(const RowDifference& row) {
  std::tuple<Decimal, Decimal, Decimal> most;
  for (std::size_t place = 1; place < row.amounts.size(); ++place) {
    const Amounts difference = row.difference(place);
    most = std::max(most, std::tuple(difference.venta.abs(), difference.costo.abs(),
                                     difference.unidades.abs()));
  }
  return most;
}

void check_sums(std::span<const PlaceDay> places, const std::vector<RowDifference>& rows,
                std::size_t place) {
  Amounts sum;
  for (const RowDifference& row : rows) {
    const Amounts difference = row.difference(place);
    sum.unidades += difference.unidades;
    sum.venta += difference.venta;
    sum.costo += difference.costo;
  }
  const Amounts expected = amounts_of(places[place].totals) - amounts_of(places.front().totals);
  if (sum != expected)
    throw DataError(
        fmt::format("{} and {}: the rows that differ come to {} and not to {}, by which the totals "
                    "differ",
                    places.front().place, places[place].place, sum.venta.to_string(),
                    expected.venta.to_string()));
}

}  // namespace

Amounts RowDifference::difference(std::size_t place) const {
  return amounts[place].value_or(Amounts{}) - amounts.front().value_or(Amounts{});
}

void sort_by_weight(std::vector<RowDifference>& rows) {
  std::ranges::stable_sort(rows, std::ranges::greater(), weight);
}

std::vector<RowDifference> day_diff(std::span<const PlaceDay> places) {
  std::vector<RowDifference> rows;
  for (auto& [key, row] : gather(places))
    if (differs(row)) rows.push_back(std::move(row));
  sort_by_weight(rows);
  for (std::size_t place = 1; place < places.size(); ++place) check_sums(places, rows, place);
  return rows;
}

HeldDay held_day(Target& target, std::int32_t branch_id, Date date) {
  for (int reading = 0; reading < most_readings; ++reading) {
    HeldDay day{target.state(date), target.rows(date)};
    if (totals_of(day.rows, branch_id, date) == day.state.actual) return day;
  }
  throw DataError(
      fmt::format("{}: {} is being written; ask again", to_string(date), target.name()));
}

}  // namespace consolidador
