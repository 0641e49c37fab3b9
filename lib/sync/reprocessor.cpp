// SPDX-License-Identifier: MIT
#include "lib/sync/reprocessor.hpp"

#include <vector>

#include "lib/sync/auditor.hpp"

namespace consolidador {

bool reprocess(Target& target, const ExtractedDay& wanted) {
  const auto transaction = target.begin();
  transaction->clear(wanted.date);
  std::vector<const SalesRow*> all;
  all.reserve(wanted.rows.size());
  for (const SalesRow& row : wanted.rows) all.push_back(&row);
  if (!all.empty()) transaction->upsert(wanted.date, all);
  return commit_if_equal(*transaction, wanted);
}

}  // namespace consolidador
