// SPDX-License-Identifier: MIT
#include "lib/sync/loader.hpp"

#include "lib/sync/auditor.hpp"

namespace consolidador {

Delta compare(std::span<const SalesRow> held, std::span<const SalesRow> wanted) {
  Delta delta;
  auto old = held.begin();
  for (const SalesRow& row : wanted) {
    for (; old != held.end() && old->key < row.key; ++old) delta.remove.push_back(&*old);
    const bool known = old != held.end() && old->key == row.key;
    if (!known || *old != row) {
      delta.write.push_back(&row);
      delta.replaced.push_back(known ? &*old : nullptr);
    }
    if (known) ++old;
  }
  for (; old != held.end(); ++old) delta.remove.push_back(&*old);
  return delta;
}

bool load(Target& target, const ExtractedDay& wanted, const Delta& delta, const Permit& permit,
          const DayState& before, const ChangeNote& note) {
  const auto transaction = target.begin(permit, note);
  if (!delta.write.empty()) transaction->upsert(wanted.date, delta.write);
  if (!delta.remove.empty()) transaction->remove(wanted.date, delta.remove);
  return commit_if_equal(target, *transaction, wanted,
                         revision_after(before, wanted.totals, Emptied::no));
}

}  // namespace consolidador
