// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "lib/sync/day_rules.hpp"
#include "lib/sync/target_outcome.hpp"

namespace consolidador {

/// The short way for an open day whose content in the target is known, because this process wrote
/// it: one transaction with the difference, 5 round trips. Returns nothing, with nothing changed,
/// when the judgement or the target is not as expected; sync_day() then finds out. Throws
/// Overtaken.
std::optional<TargetOutcome> push_delta(Target& target, const ExtractedDay& wanted,
                                        const ExtractedDay& held, const DayRules& rules);

}  // namespace consolidador
