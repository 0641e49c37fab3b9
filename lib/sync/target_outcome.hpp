// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/sync/day_case.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"
#include "lib/sync/written_change.hpp"

namespace consolidador {

/// What became of a day in one target.
enum class DayAction {
  unchanged,    ///< was up to date; nothing written
  created,      ///< the target had nothing of it
  changed,      ///< the POS had something newer
  approved,     ///< the POS has less than was proven, and a person has approved it
  reprocessed,  ///< emptied and written whole, because somebody asked for it
  repaired,     ///< the target did not hold what its ledger said, or a load failed its audit
  copied,       ///< the POS keeps it no longer: brought from the other target
  archived,     ///< the POS keeps it no longer; nothing written but, where it was proven, the audit
  held,         ///< the POS would take away what was proven: nothing of that written
  postponed,    ///< the POS has no sales; whether the other target has some is not known yet
};

/// Whether to write.
enum class SyncMode {
  write,       ///< bring the target up to date
  audit,       ///< the same by the rows, whatever they add up to; records the audit when they agree
  reprocess,   ///< empty the day and write it whole, as the POS has it, its suppliers, too
  dry_run,     ///< only say what would be done; reads, never writes
  audit_only,  ///< the same of audit
};

constexpr bool only_reads(SyncMode mode) noexcept {
  return mode == SyncMode::dry_run || mode == SyncMode::audit_only;
}

/// What the target is believed in this mode.
constexpr Proof proof_of(SyncMode mode) noexcept {
  return mode == SyncMode::audit || mode == SyncMode::audit_only ? Proof::rows : Proof::sums;
}

struct TargetOutcome {
  DayAction action = DayAction::unchanged;
  unsigned attempts = 1;    ///< audits until it agreed: 1, and one more for each that did not
  std::size_t written = 0;  ///< rows inserted or updated, or that would be
  std::size_t removed = 0;  ///< rows removed, or that would be
  WrittenChange change;     ///< from what the target held, as read, to what it holds now
  /// Of a damaged day that the POS has changed, too: what of the change led back to what had been
  /// proven, and what of it the POS did. Nothing: it is all of one kind, or cannot be told apart.
  std::optional<WrittenChange> repaired;
  std::optional<WrittenChange> followed;
  bool ended = true;             ///< the branch's day was over when it was looked at
  bool in_history = false;       ///< the change is of a closed or damaged day that the target had
  DayState before;               ///< what the target held
  DayTotals holds;               ///< what its ledger says now, or would say
  std::uint32_t revision = 0;    ///< of the ledger now
  std::uint64_t most_rows = 0;   ///< that it has been proven with; approvals begin anew
  bool recorded = false;         ///< the ledger's row was written: the day was audited
  std::string reason;            ///< of a hold, for people
  std::optional<Loss> loss;      ///< of a hold that takes something away: it can be approved
  bool forged = false;           ///< its rows were others, though everything added up
  bool conflict = false;         ///< of a hold: one target can be restored from the other
  std::size_t reclassified = 0;  ///< rows that have another supplier in the POS now
  std::vector<std::string> reclassifications;  ///< the first of them, for people
  /// What was written, where it is not what was extracted: under the suppliers of the sale.
  std::shared_ptr<const ExtractedDay> content;
};

}  // namespace consolidador
