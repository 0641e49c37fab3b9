// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "lib/sync/history.hpp"

namespace consolidador {

/// A change gone through from one of its sides to the other.
struct WayStep {
  const DayChange* change = nullptr;
  bool back = true;  ///< undone; else done again
};

/// From rows that are known to those that are wanted. Each change leads from what it is recorded to
/// have found to what it has left, and where one ends as another begins the way goes on: so damage
/// that nobody noted and that was repaired breaks no way.
struct HistoryWay {
  std::size_t from = 0;  ///< which of the known rows
  std::vector<WayStep> steps;
};

/// The shortest one; nothing: there is none. The changes must outlive it. Pure.
std::optional<HistoryWay> way_to(const DayTotals& wanted, std::span<const DayTotals> known,
                                 std::span<const DayChange> changes);

/// Applies the steps to `from`. Returns nothing when a row is not as the change recorded it. `rows`
/// has the rows of the changes, by number. Pure.
std::optional<std::vector<SalesRow>> go(const HistoryWay& way, std::vector<SalesRow> from,
                                        const std::vector<RowChange>& rows);

}  // namespace consolidador
