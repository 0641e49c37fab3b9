// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/core/error.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/horizon.hpp"
#include "lib/sync/quarantine.hpp"
#include "lib/sync/sales_row.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

struct SourceAuditOptions {
  bool enabled = true;
  Decimal tolerance;  ///< between the rows' sums and sp_audit_operativa, for each of the three
  /// How often a day is read that changes meanwhile, as one does in tables without transactions.
  unsigned readings = 5;
  std::chrono::milliseconds pause{100};  ///< before the second reading; each next waits twice
  QuarantineRule invalid_rows{};         ///< how much of a day may be set aside
};

/// The day has changed while it was read, each time: transient, for that day only.
class DayMoves : public Error {
 public:
  explicit DayMoves(const std::string& message)
      : Error(ErrorClass::transient, ErrorCause::data, message) {}
};

/// A day as the POS has it, without what was set aside: valid, sorted by key, each key once, and
/// what it adds up to.
struct ExtractedDay {
  Date date;
  DayTotals totals;
  std::vector<SalesRow> rows;
  /// It has no rows, it has ended, and the POS has no sales on any day before it.
  bool before_horizon = false;
  /// A later day on which the POS has sales; not looked for unless it is today.
  std::optional<Date> sales_after{};
  /// Rows that cannot be taken, in order; no figure of the day counts them.
  std::vector<RejectedRow> rejected{};
};

/// Reads, validates and audits a day within one snapshot of the source. Where the snapshot may
/// move, and where rows and audit do not agree, the day is read between two audits that must be
/// equal, in a new snapshot each time. Rows that cannot be taken, and keys that come twice, are set
/// aside; the sums of all rows, these included, must be those of sp_audit_operativa. Throws
/// DataError when they are not, when more is set aside than the rule lets pass, or when the result
/// cannot be trusted; DayMoves when no reading was
/// undisturbed; whatever the source throws otherwise. `search`: for an ended day without rows,
/// finds out whether it lies before the POS's horizon, and keeps what it has learned. Of
/// today it asks whether the POS has sales on a later day: then a clock is wrong, or a date.
ExtractedDay extract(Source& source, std::int32_t branch_id, Date date,
                     const SourceAuditOptions& audit, HorizonSearch* search = nullptr,
                     std::optional<Date> today = std::nullopt);

}  // namespace consolidador
