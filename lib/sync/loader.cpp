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

DayState Repair::state_after(const DayState& before) const {
  return {proven.totals, proven.totals, revision_after(before, proven.totals, Emptied::no)};
}

bool repair_and_load(Target& target, const Repair& repair, const ExtractedDay& wanted,
                     const Permit& permit, const DayState& before, const ChangeNote& note,
                     Emptied emptied) {
  const DayState repaired = repair.state_after(before);
  const bool whole = emptied == Emptied::yes;
  const auto transaction = target.begin(repair.permit, repair.note);
  apply(*transaction, wanted.date, repair.delta);
  if (!record_if_equal(target, *transaction, repair.proven, before, Emptied::no)) return false;
  transaction->go_on(permit, note);
  if (whole) transaction->clear(wanted.date);
  apply(*transaction, wanted.date,
        compare(whole ? std::span<const SalesRow>() : std::span(repair.proven.rows), wanted.rows));
  return commit_if_equal(target, *transaction, wanted, repaired, emptied);
}

}  // namespace consolidador
