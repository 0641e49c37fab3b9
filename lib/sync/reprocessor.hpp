// SPDX-License-Identifier: MIT
#pragma once
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// The last resort after a failed audit, and what a person may ask for: in one transaction empties
/// the day, writes it whole, records it and audits it again. Returns and throws as load() does.
bool reprocess(Target& target, const ExtractedDay& wanted, const Permit& permit,
               const DayState& before, const ChangeNote& note);

}  // namespace consolidador
