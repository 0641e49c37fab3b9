// SPDX-License-Identifier: MIT
#include "lib/sync/target_rows.hpp"

#include <algorithm>

namespace consolidador {
namespace {

// Up to here the rows themselves take no longer than one more round trip: docs/decisions/0010.
constexpr std::uint64_t few_rows = 1'000;

/// Where the sums agree the rows most likely do: then the seals are all that is fetched.
bool pays_to_ask_for_seals(const DayTotals& held, const ExtractedDay& like) {
  if (like.rows.empty()) return false;
  return held.filas > (held == like.totals ? bucket_count : few_rows);
}

}  // namespace

std::vector<SalesRow> target_rows(Target& target, const DayTotals& held, const ExtractedDay& like,
                                  std::int32_t branch_id) {
  if (!pays_to_ask_for_seals(held, like)) return target.rows(like.date);
  const BucketSet others =
      differing(target.seals(like.date), seals_of(like.rows, branch_id, like.date));
  if (others.none()) return like.rows;
  std::vector<SalesRow> rows;
  std::ranges::copy_if(like.rows, std::back_inserter(rows),
                       [&](const SalesRow& row) { return !others[bucket_of(row.key.upc)]; });
  const auto same = static_cast<std::ptrdiff_t>(rows.size());
  std::ranges::move(target.rows(like.date, others), std::back_inserter(rows));
  std::ranges::inplace_merge(rows, rows.begin() + same, {}, &SalesRow::key);
  return rows;
}

}  // namespace consolidador
