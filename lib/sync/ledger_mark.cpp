// SPDX-License-Identifier: MIT
#include "lib/sync/ledger_mark.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/huella.hpp"

namespace consolidador {

std::string ledger_mark(std::span<const LedgerDay> days, Date from, LedgerDay::Instant now) {
  const LedgerDay::Instant earliest = parse_date("2000-01-01");
  const LedgerDay::Instant latest = now + std::chrono::days(1);
  HuellaSum sum;
  std::size_t impossible = 0;
  const auto first = std::ranges::lower_bound(days, from, {}, &LedgerDay::date);
  for (auto day = first; day != days.end(); ++day) {
    const DayTotals& totals = day->totals;
    if (day->verified < earliest || day->verified > latest) ++impossible;
    sum.add(fmt::format("{}|{}|{}|{}|{}|{}|{}", to_string(day->date), day->revision, totals.filas,
                        totals.unidades.to_string(), totals.venta.to_string(),
                        totals.costo.to_string(), totals.huella));
  }
  return fmt::format("{}|{}|{}", days.end() - first, sum.value(), impossible);
}

}  // namespace consolidador
