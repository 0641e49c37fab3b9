// SPDX-License-Identifier: MIT
#pragma once
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// The last resort after a failed audit: in one transaction empties the day, writes it whole,
/// records it and audits it again. Returns false, with everything rolled back, when it still does
/// not agree.
bool reprocess(Target& target, const ExtractedDay& wanted);

}  // namespace consolidador
