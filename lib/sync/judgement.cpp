// SPDX-License-Identifier: MIT
#include "lib/sync/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  if (too_many_rows(rows_going(wanted, proven), held.filas, limits)) return true;
  return wanted.ended &&
         (wanted.totals.filas == 0 || amounts_fall_too_far(held, wanted.totals, limits.amount));
}

std::string describe(const WantedDay& wanted, const ProvenDay& proven) {
  return fmt::format("{} of {} rows in {} would go: units {} to {}, sales {} to {}, cost {} to {}",
                     rows_going(wanted, proven), proven.totals.filas, proven.target,
                     proven.totals.unidades.to_string(), wanted.totals.unidades.to_string(),
                     proven.totals.venta.to_string(), wanted.totals.venta.to_string(),
                     proven.totals.costo.to_string(), wanted.totals.costo.to_string());
}

}  // namespace

Judgement judge(const WantedDay& wanted, std::span<const ProvenDay> proven,
                const LockLimits& limits) {
  if (wanted.approved) return {};
  const bool any_rows =
      std::ranges::any_of(proven, [](const ProvenDay& day) { return day.totals.filas != 0; });
  if (any_rows && wanted.ended && wanted.before_horizon && wanted.totals.filas == 0)
    return {Verdict::archive, ""};
  if (!limits.enabled) return {};
  const ProvenDay* fullest = nullptr;
  for (const ProvenDay& day : proven)
    if (loses(wanted, day, limits) && (!fullest || day.totals.filas > fullest->totals.filas))
      fullest = &day;
  if (!fullest) return {};
  return {Verdict::hold, describe(wanted, *fullest)};
}

}  // namespace consolidador
