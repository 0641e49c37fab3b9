// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "lib/sync/day_rules.hpp"
#include "lib/sync/target_outcome.hpp"

namespace consolidador {

/// Brings one day of one target up to date: audit, judgement, and when needed delta, audit again,
/// and as the last resort a reprocess, each in one transaction. What the judgement holds or
/// archives is proven against the other target instead, and brought from there where this one lacks
/// it. Safe to repeat after any failure. Throws Overtaken, Error (permanent, audit) when even the
/// reprocess does not agree, and whatever the target throws.
TargetOutcome sync_day(Target& target, const ExtractedDay& wanted, SyncMode mode,
                       const DayRules& rules, std::optional<KnownRows>& known);

/// Gives the target the rows that the other one holds, whatever it holds itself: a person has
/// decided. Throws DataError when the POS has sales of the day, or the other's rows are not those
/// of its ledger.
TargetOutcome restore_day(Target& target, const ExtractedDay& extracted, const DayRules& rules);

}  // namespace consolidador
