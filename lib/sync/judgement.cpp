// SPDX-License-Identifier: MIT
#include "lib/sync/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "lib/core/text.hpp"

namespace consolidador {
namespace {

std::uint64_t rows_going(const WantedDay& wanted, const ProvenDay& proven) {
  const auto held = proven.totals.filas;
  const auto fewer = held > wanted.totals.filas ? held - wanted.totals.filas : 0;
  return std::max(fewer, proven.rows_going.value_or(0));
}

bool too_many_rows(std::uint64_t going, std::uint64_t held, const LockLimits& limits) {
  return going > limits.min_rows && going * 100 > held * limits.rows;
}

bool falls_too_far(Decimal held, Decimal wanted, unsigned percent) {
  const auto fall = (held - wanted).units();
  return held != Decimal{} && fall > 0 && fall * 100 > held.abs().units() * percent;
}

bool amounts_fall_too_far(const DayTotals& held, const DayTotals& wanted, unsigned percent) {
  return falls_too_far(held.unidades, wanted.unidades, percent) ||
         falls_too_far(held.venta, wanted.venta, percent) ||
         falls_too_far(held.costo, wanted.costo, percent);
}

bool loses(const WantedDay& wanted, const ProvenDay& proven, const LockLimits& limits) {
  const DayTotals& held = proven.totals;
  if (held.filas == 0) return false;
  if (wanted.totals.filas == 0 || proven.gone_bad != 0) return true;
  if (wanted.ended && rows_going(wanted, proven) * 2 > held.filas) return true;
  if (too_many_rows(rows_going(wanted, proven), held.filas, limits)) return true;
  return wanted.ended && amounts_fall_too_far(held, wanted.totals, limits.amount);
}

Loss loss_of(const WantedDay& wanted, const ProvenDay& fullest, std::span<const ProvenDay> proven) {
  Loss loss{fullest.name(),  rows_going(wanted, fullest), fullest.totals, wanted.totals, {},
            fullest.gone_bad};
  for (const ProvenDay& day : proven) loss.most = larger_of(loss.most, day.totals);
  return loss;
}

std::string describe(const Loss& loss) {
  const auto gone_bad =
      loss.gone_bad == 0
          ? std::string()
          : fmt::format("; {} of them the POS now gives as rows that cannot be taken",
                        loss.gone_bad);
  return fmt::format("{} of {} in {} would go: units {} to {}, sales {} to {}, cost {} to {}{}",
                     loss.rows_going, counted(loss.held.filas, "row"), loss.target,
                     loss.held.unidades.to_string(), loss.wanted.unidades.to_string(),
                     loss.held.venta.to_string(), loss.wanted.venta.to_string(),
                     loss.held.costo.to_string(), loss.wanted.costo.to_string(), gone_bad);
}

Judgement held(const Loss& loss) {
  Judgement judgement;
  judgement.reason = describe(loss);
  judgement.loss = loss;
  return judgement;
}

Judgement held_in_conflict(const ProvenDay& one, const ProvenDay& other) {
  Judgement judgement;
  judgement.conflict = true;
  judgement.reason =
      fmt::format("{} has {}, sales {}, {} has {}, sales {}, and the POS has none", one.name(),
                  counted(one.totals.filas, "row"), one.totals.venta.to_string(), other.name(),
                  counted(other.totals.filas, "row"), other.totals.venta.to_string());
  return judgement;
}

/// Two targets that hold different rows of a day which the POS keeps no longer: neither is right by
/// itself.
Judgement archived(std::span<const ProvenDay> proven) {
  std::vector<const ProvenDay*> sound;
  for (const ProvenDay& day : proven)
    if (day.intact && day.totals.filas != 0) sound.push_back(&day);
  for (const ProvenDay* day : sound)
    if (day->totals != sound.front()->totals) return held_in_conflict(*sound.front(), *day);
  Judgement judgement;
  judgement.verdict = Verdict::archive;
  return judgement;
}

/// The loss that weighs most, if there is one that is more than corrections take.
std::optional<Loss> worst_loss(const WantedDay& wanted, std::span<const ProvenDay> proven,
                               const LockLimits& limits) {
  if (!limits.enabled) return std::nullopt;
  const ProvenDay* fullest = nullptr;
  for (const ProvenDay& day : proven)
    if (loses(wanted, day, limits) && (!fullest || day.totals.filas > fullest->totals.filas))
      fullest = &day;
  return fullest ? std::optional(loss_of(wanted, *fullest, proven)) : std::nullopt;
}

/// An ended day must be what was approved; an open one has gone on selling since. Nobody has
/// approved of what was not shown.
bool is_as_approved(const WantedDay& wanted, std::span<const ProvenDay> proven,
                    const LockLimits& limits) {
  if (!wanted.approved) return false;
  const ApprovedLoss& approved = *wanted.approved;
  const ProvenDay baseline{"the approval", approved.content, {}};
  const bool same = wanted.ended ? wanted.totals == approved.content
                                 : !worst_loss(wanted, {&baseline, 1}, limits);
  return same && std::ranges::none_of(proven, [&](const ProvenDay& day) {
           return is_more_than(day.totals, approved.shown);
         });
}

}  // namespace

bool is_more_than(const DayTotals& one, const DayTotals& other) {
  return one.filas > other.filas || one.unidades > other.unidades || one.venta > other.venta ||
         one.costo > other.costo;
}

DayTotals larger_of(const DayTotals& one, const DayTotals& other) {
  return {std::max(one.filas, other.filas), std::max(one.unidades, other.unidades),
          std::max(one.venta, other.venta), std::max(one.costo, other.costo), 0};
}

Judgement Judgement::written(const WantedDay& wanted, std::span<const ProvenDay> proven,
                             bool approved) {
  Judgement judgement;
  judgement.verdict = Verdict::write;
  const bool changes = std::ranges::any_of(
      proven, [&](const ProvenDay& day) { return day.totals != wanted.totals; });
  judgement.permit =
      Permit(wanted, approved, wanted.ended && (approved || (changes && !wanted.closes)));
  return judgement;
}

Judgement judge(const WantedDay& wanted, std::span<const ProvenDay> proven,
                const LockLimits& limits) {
  if (is_as_approved(wanted, proven, limits)) return Judgement::written(wanted, proven, true);
  const bool any_rows =
      std::ranges::any_of(proven, [](const ProvenDay& day) { return day.totals.filas != 0; });
  if (any_rows && wanted.ended && wanted.before_horizon && wanted.totals.filas == 0)
    return archived(proven);
  if (const auto loss = worst_loss(wanted, proven, limits)) return held(*loss);
  // Without the lock nobody approves: an ended day that is emptied then is not missed for ever.
  const bool let_go = any_rows && !limits.enabled && wanted.ended && wanted.totals.filas == 0;
  return Judgement::written(wanted, proven, let_go);
}

}  // namespace consolidador
