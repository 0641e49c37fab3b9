// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "daemon/service/control.hpp"
#include "lib/sync/as_sold.hpp"

namespace consolidador {

/// What was seen of a day in one place, with its rows.
struct SeenDay {
  PlaceContent content;
  std::vector<SalesRow> rows;
  bool done = false;  ///< the place has answered, or cannot
};

/// Under which suppliers the POS's rows are compared.
struct SupplierRule {
  std::int32_t branch_id = 0;
  bool as_sold = false;  ///< those of the sale: the day has ended
  MasterData master;
};

/// The POS, unless it could not be compared, and the targets, row by row. Pure. Throws DataError as
/// day_diff() does.
DayDifferences compare_places(Date date, SeenDay pos, std::vector<SeenDay> targets,
                              const SupplierRule& rule);

}  // namespace consolidador
