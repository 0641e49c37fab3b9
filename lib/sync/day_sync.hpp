// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/sync/auditor.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What became of a day in one target.
enum class DayAction {
  unchanged,  ///< was up to date; nothing written
  created,    ///< the target had nothing of it
  changed,    ///< the POS had something newer
  rewritten,  ///< emptied and written whole, because somebody asked for it
  repaired,   ///< the target did not hold what its ledger said, or a load failed its audit
};

/// Whether to write.
enum class SyncMode {
  write,   ///< bring the target up to date
  verify,  ///< the same, and note the audit in the ledger when nothing had to be done
  plan,    ///< only say what would be done (dry run, audit only); reads, never writes
};

/// Whether an extraction without rows may empty a day that has some. It is right for a day whose
/// sales were cancelled, and fatal for an old one that the POS no longer keeps.
enum class Emptying { allowed, refused };

/// The POS has no rows of a day of which the target has some, and emptying is refused.
class PurgedDay : public DataError {
 public:
  using DataError::DataError;
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

/// The short way for a day whose content in the target is known, because this process wrote it: one
/// transaction with the difference, 5 round trips. Returns false, with nothing changed, when the
/// target did not hold what it was thought to hold; sync_day() then finds out.
bool push_delta(Target& target, const ExtractedDay& wanted, const ExtractedDay& held,
                TargetOutcome& outcome);

/// Brings one day of one target up to date: audit, and when needed delta, audit again, and as the
/// last resort a full replacement, each in one transaction. Throws PurgedDay. Safe to repeat after
/// any failure. Throws Error (permanent, audit) when even the replacement does not agree, and
/// whatever the target throws.
TargetOutcome sync_day(Target& target, const ExtractedDay& wanted, SyncMode mode,
                       std::optional<KnownRows>& known, Emptying emptying = Emptying::allowed);

/// Empties the day and writes it whole, whatever the target holds, in one transaction. Throws Error
/// (permanent, audit) when the target then does not hold it.
TargetOutcome rewrite_day(Target& target, const ExtractedDay& wanted);

}  // namespace consolidador
