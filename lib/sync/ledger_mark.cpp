// SPDX-License-Identifier: MIT
#include "lib/sync/ledger_mark.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace consolidador {

std::string ledger_mark(std::span<const LedgerDay> days, Date from) {
  std::uint64_t revisions = 0;
  std::uint64_t rows = 0;
  std::uint64_t huella = 0;
  const auto first = std::ranges::lower_bound(days, from, {}, &LedgerDay::date);
  for (auto day = first; day != days.end(); ++day) {
    revisions += day->revision;
    rows += day->totals.filas;
    huella ^= day->totals.huella;
  }
  return fmt::format("{}|{}|{}|{}", days.end() - first, revisions, rows, huella);
}

}  // namespace consolidador
