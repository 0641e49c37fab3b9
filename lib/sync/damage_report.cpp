// SPDX-License-Identifier: MIT
#include "lib/sync/damage_report.hpp"

#include <fmt/format.h>

#include <ranges>

#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

constexpr std::size_t most_rows_told = 200;

}  // namespace

void report_rows(const std::string& day_there, const std::vector<std::string>& rows) {
  for (const auto& row : rows | std::views::take(most_rows_told))
    log::warning("{}: {}", day_there, row);
}

void report_damage(const std::string& day_there, const DayState& state) {
  if (state.made_to_fit()) {
    log::warning(
        "{}: hands have changed {} since the day was recorded, and its ledger with them; "
        "repairing",
        day_there, counted(state.hands, "row"));
    return;
  }
  const auto what = state.ledger ? differences(*state.ledger, state.actual)
                                 : "rows without an entry in SincronizacionDias";
  log::warning("{}: the rows are not those of the ledger ({}); repairing", day_there, what);
}

void report_forgery(const std::string& day_there, const std::vector<std::string>& rows) {
  log::warning(
      "{}: {} rows are not those of the POS, though count, sums and Huella agree: somebody has "
      "forged them; repairing",
      day_there, rows.size());
  report_rows(day_there, rows);
}

std::string note_of_damage(const DayCase& found, const ExtractedDay& content) {
  const auto& ledger = found.before().ledger;
  if (found.is_forged() || !ledger || *ledger == content.totals || found.before().made_to_fit())
    return {};
  if (found.before().actual == content.totals) return {};  // only the ledger was altered
  return "danado, y cambiado en el POS: nadie mas tiene las filas que se probaron, no se separan";
}

}  // namespace consolidador
