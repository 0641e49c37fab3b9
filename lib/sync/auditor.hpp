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
  damaged,     ///< rows and ledger contradict each other: changed by somebody else, or half lost
};

/// Exact: any difference in count, sums or fingerprint counts.
Finding assess(const DayState& state, const DayTotals& wanted);

/// Records the day and commits when the target then holds exactly `wanted`, in rows and in ledger;
/// returns false otherwise, and the transaction is left to be rolled back.
bool commit_if_equal(TargetTransaction& transaction, const ExtractedDay& wanted);

}  // namespace consolidador
