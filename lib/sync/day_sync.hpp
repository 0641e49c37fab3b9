// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "lib/sync/auditor.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What became of a day in one target.
enum class DayAction {
  unchanged,  ///< was up to date; nothing written
  created,    ///< the target had nothing of it
  changed,    ///< the POS had something newer
  repaired,   ///< the target did not hold what its ledger said, or a load failed its audit
};

/// Whether to write.
enum class SyncMode {
  write,  ///< bring the target up to date
  plan,   ///< only say what would be done (dry run, audit only); reads, never writes
};

struct TargetOutcome {
  DayAction action = DayAction::unchanged;
  unsigned attempts = 1;    ///< audits until it agreed: 1, and one more for each that did not
  std::size_t written = 0;  ///< rows inserted or updated, or that would be
  std::size_t removed = 0;  ///< rows removed, or that would be
  DayState before;          ///< what the target held
};

/// Rows that a target is known to hold, kept so that the next target with the same content need not
/// be asked for them. One day at a time.
struct KnownRows {
  DayTotals totals;
  std::vector<SalesRow> rows;
};

/// Brings one day of one target up to date: audit, and when needed delta, audit again, and as the
/// last resort a full replacement, each in one transaction. Safe to repeat after any failure.
/// Throws Error (permanent, audit) when even the replacement does not agree, and whatever the
/// target throws.
TargetOutcome sync_day(Target& target, const ExtractedDay& wanted, SyncMode mode,
                       std::optional<KnownRows>& known);

}  // namespace consolidador
