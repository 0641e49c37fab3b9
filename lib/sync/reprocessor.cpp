// SPDX-License-Identifier: MIT
#include "lib/sync/reprocessor.hpp"

#include <vector>

#include "lib/sync/auditor.hpp"

namespace consolidador {

bool reprocess(Target& target, const ExtractedDay& wanted, const Permit& permit,
               const DayState& before, const ChangeNote& note) {
  const auto transaction = target.begin(permit, note);
  transaction->clear(wanted.date);
  std::vector<const SalesRow*> all;
  all.reserve(wanted.rows.size());
  for (const SalesRow& row : wanted.rows) all.push_back(&row);
  if (!all.empty()) transaction->upsert(wanted.date, all);
  return commit_if_equal(target, *transaction, wanted, before, Emptied::yes);
}

}  // namespace consolidador
