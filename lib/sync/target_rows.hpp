// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <vector>

#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// The rows that a target holds of the day, where it is said to hold `held` and may hold much the
/// same as `like`. Of a large day only the buckets are fetched whose seals are not those of `like`;
/// docs/decisions/0010 says what large is. Either way each row is the target's, whatever its sums
/// say. Throws what the target throws.
std::vector<SalesRow> target_rows(Target& target, const DayTotals& held, const ExtractedDay& like,
                                  std::int32_t branch_id);

}  // namespace consolidador
