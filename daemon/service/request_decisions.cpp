// SPDX-License-Identifier: MIT
#include "daemon/service/request_decisions.hpp"

#include <fmt/format.h>

namespace consolidador {
namespace {

/// Whether a look at the day has found something else than what was decided about.
bool is_outdated(const ApprovedLoss& decided, bool by_restore, const TargetOutcome& outcome) {
  if (by_restore) return outcome.action == DayAction::changed;
  const DayTotals& seen = outcome.loss ? outcome.loss->wanted : outcome.holds;
  if (outcome.action != DayAction::postponed && seen != decided.content) return true;
  return outcome.loss &&
         larger_of(outcome.loss->most, decided.shown) != larger_of(decided.shown, {});
}

}  // namespace

StoredRequest RequestDecisions::on_losses(const DateRange& range) const {
  StoredRequest decision;
  decision.kind = RequestKind::approve;
  decision.range = range;
  for (const Date date : parts_.book.held())
    if (const auto loss = parts_.book.loss(date);
        range.contains(date) && loss && !parts_.holdings.decisions().loss(date))
      decision.losses.emplace(date, *loss);
  if (decision.losses.empty())
    throw RequestRefused(fmt::format("no day from {} to {} is held for a loss and not decided yet",
                                     to_string(range.first), to_string(range.last)));
  return decision;
}

StoredRequest RequestDecisions::on_conflict(Date date, const std::string& from) const {
  if (!parts_.places.find(from))
    throw RequestRefused(fmt::format("'{}' is no target; use local or vps", from));
  const DayBook::Hold* hold = parts_.book.hold(date);
  if (!hold || !hold->conflict || parts_.holdings.decisions().loss(date))
    throw RequestRefused(
        fmt::format("{} is not held because the targets hold different rows, or "
                    "it has been decided already",
                    to_string(date)));
  ApprovedLoss loss;
  for (const Place& place : parts_.places)
    if (const LedgerDay* day = find_day(place.ledger(), date))
      (place.name() == from ? loss.content : loss.shown) = day->totals;
  StoredRequest decision;
  decision.kind = RequestKind::restore;
  decision.range = {date, date};
  decision.from = from;
  decision.losses.emplace(date, loss);
  return decision;
}

std::set<DayInTargetKey> RequestDecisions::days_of(const StoredRequest& decision) const {
  std::set<DayInTargetKey> days;
  for (const auto& [date, loss] : decision.losses)
    for (const Place& place : parts_.places)
      if (place.name() != decision.from) days.emplace(place.name(), date);
  return days;
}

void RequestDecisions::note(const StoredRequest& decision, const std::set<DayInTargetKey>& days) {
  std::set<Date> open;
  for (const auto& [target, date] : days) open.insert(date);
  for (const auto& [date, loss] : decision.losses) {
    if (!open.contains(date)) continue;
    const Approval approval{loss, decision.actor, decision.reason};
    if (decision.kind == RequestKind::restore)
      parts_.holdings.decisions().restore(decision.id, date, decision.from, approval);
    else
      parts_.holdings.decisions().approve(decision.id, date, approval);
  }
}

std::optional<std::uint64_t> RequestDecisions::end_outdated(const DayReport& report) {
  const Date date = report.task.date;
  Decisions& decisions = parts_.holdings.decisions();
  const ApprovedLoss* decided = decisions.loss(date);
  if (!decided || !report.outcome || date >= parts_.branch.today()) return std::nullopt;
  const bool by_restore = decisions.restored_from(date).has_value();
  if (!is_outdated(*decided, by_restore, *report.outcome)) return std::nullopt;
  return decisions.forget_day(date);
}

}  // namespace consolidador
