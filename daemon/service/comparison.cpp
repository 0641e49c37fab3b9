// SPDX-License-Identifier: MIT
#include "daemon/service/comparison.hpp"

#include <algorithm>

namespace consolidador {
namespace {

bool is_intact(const SeenDay& seen) {
  return seen.content.compared() && seen.content.ledger == seen.content.totals;
}

/// The target under whose suppliers the day was proven; nullptr: there is none to be seen.
const SeenDay* proven_in(const std::vector<SeenDay>& targets) {
  auto found = std::ranges::find_if(targets, is_intact);
  if (found == targets.end())
    found = std::ranges::find_if(targets, [](const SeenDay& s) { return s.content.compared(); });
  return found == targets.end() ? nullptr : &*found;
}

/// A target must not seem to be wrong because a product has another supplier since.
std::size_t keep_suppliers(SeenDay& pos, const std::vector<SeenDay>& targets, Date date,
                           const SupplierRule& rule) {
  const SeenDay* proven = proven_in(targets);
  if (!rule.as_sold || !proven) return 0;
  AsSold sold = as_sold(pos.rows, proven->rows, rule.master);
  pos.rows = std::move(sold.rows);
  pos.content.totals = totals_of(pos.rows, rule.branch_id, date);
  return sold.reclassified;
}

}  // namespace

DayDifferences compare_places(Date date, SeenDay pos, std::vector<SeenDay> targets,
                              const SupplierRule& rule) {
  DayDifferences found{date, {}, {}, 0, {}};
  if (pos.content.compared()) found.reclassified = keep_suppliers(pos, targets, date, rule);
  std::vector<PlaceDay> days;
  const auto add = [&](const SeenDay& seen) {
    found.places.push_back(seen.content);
    const PlaceContent& content = seen.content;
    if (content.compared()) days.push_back({content.place, content.totals, seen.rows});
  };
  add(pos);
  std::ranges::for_each(targets, add);
  found.rows = day_diff(days);
  return found;
}

}  // namespace consolidador
