// SPDX-License-Identifier: MIT
#include "lib/sync/loader.hpp"

namespace consolidador {
namespace {

void apply(TargetTransaction& transaction, Date date, const Delta& delta) {
  if (!delta.write.empty()) transaction.upsert(date, delta.write);
  if (!delta.remove.empty()) transaction.remove(date, delta.remove);
}

}  // namespace

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
  apply(*transaction, wanted.date, delta);
  return commit_if_equal(target, *transaction, wanted, before, Emptied::no);
}

DayState Mending::state_after(const DayState& before) const {
  return {proven.totals, proven.totals, revision_after(before, proven.totals, Emptied::no)};
}

bool mend_and_load(Target& target, const Mending& mending, const ExtractedDay& wanted,
                   const Permit& permit, const DayState& before, const ChangeNote& note,
                   Emptied emptied) {
  const DayState mended = mending.state_after(before);
  const bool whole = emptied == Emptied::yes;
  const auto transaction = target.begin(mending.permit, mending.note);
  apply(*transaction, wanted.date, mending.delta);
  if (!record_if_equal(target, *transaction, mending.proven, before, Emptied::no)) return false;
  transaction->go_on(permit, note);
  if (whole) transaction->clear(wanted.date);
  apply(*transaction, wanted.date,
        compare(whole ? std::span<const SalesRow>() : std::span(mending.proven.rows), wanted.rows));
  return commit_if_equal(target, *transaction, wanted, mended, emptied);
}

}  // namespace consolidador
