// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/horizon.hpp"
#include "lib/sync/sales_row.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

struct SourceAuditOptions {
  bool enabled = true;
  Decimal tolerance;  ///< between the rows' sums and sp_audit_operativa, for each of the three
};

/// A day as the POS has it: valid, sorted by key, each key once, and what it adds up to.
struct ExtractedDay {
  Date date;
  DayTotals totals;
  std::vector<SalesRow> rows;
  /// It has no rows, it has ended, and the POS has no sales on any day before it.
  bool before_horizon = false;
  /// The POS has sales on the day after it; not looked for unless it is today.
  bool sales_after = false;
};

/// Reads, validates and audits a day within one snapshot of the source. Throws DataError when a row
/// is not acceptable, a key comes twice, or the sums are not those of sp_audit_operativa; whatever
/// the source throws otherwise. `search`: for an ended day without rows, finds out whether it lies
/// before the POS's horizon, and keeps what it has learned. Of today it asks whether the POS has
/// sales on the day after it: then a clock is wrong.
ExtractedDay extract(Source& source, std::int32_t branch_id, Date date,
                     const SourceAuditOptions& audit, HorizonSearch* search = nullptr,
                     std::optional<Date> today = std::nullopt);

}  // namespace consolidador
