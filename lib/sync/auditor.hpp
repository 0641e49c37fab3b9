// SPDX-License-Identifier: MIT
#pragma once
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What the audit of a target finds before anything is written.
enum class Finding {
  up_to_date,  ///< rows and ledger are exactly what the POS has
  missing,     ///< the day was never recorded there and has no rows
  outdated,    ///< rows and ledger agree with each other, the POS has something else
  damaged,  ///< changed by somebody else, or half lost: rows and ledger contradict each other, or
            ///< hands have made both to fit, and the POS has something else
};

/// Exact: any difference in count, sums or fingerprint counts.
Finding assess(const DayState& state, const DayTotals& wanted);

/// Somebody else has written the day since it was looked at: what was extracted before that must
/// not be written over it. Transient: look again, extract again.
class Overtaken : public Error {
 public:
  explicit Overtaken(const std::string& target, Date date);
};

/// Whether the day is emptied first, which counts as a content of its own.
enum class Emptied { no, yes };

/// The ledger's revision after `wanted` is recorded over `before`, if nobody else writes meanwhile;
/// as sp_registrar_dia and sp_delete_ventas_agrupadas count.
std::uint32_t revision_after(const DayState& before, const DayTotals& wanted, Emptied emptied);

/// Records the day; whether the target then holds exactly `wanted`, in rows and in ledger. Throws
/// Overtaken when the ledger's revision does not follow from `before`: the revision also tells who
/// has written where the target recorded nothing, for its rows are not those that were sent.
bool record_if_equal(Target& target, TargetTransaction& transaction, const ExtractedDay& wanted,
                     const DayState& before, Emptied emptied);

/// The same, and commits; after false the transaction is left to be rolled back.
bool commit_if_equal(Target& target, TargetTransaction& transaction, const ExtractedDay& wanted,
                     const DayState& before, Emptied emptied);

}  // namespace consolidador
