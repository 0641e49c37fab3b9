// SPDX-License-Identifier: MIT
#include "lib/store/day_state.hpp"

#include "lib/store/record.hpp"

namespace consolidador {

std::chrono::system_clock::time_point instant_of(const std::string& text) {
  if (text.starts_with("0000-")) return {};
  return parse_utc(text);
}

DayState read_state(Rows& rows, std::string_view procedure) {
  const Record record(rows, procedure);
  DayState state;
  state.actual = {record.number("TotalFilas"), record.amount("TotalUnidades"),
                  record.amount("TotalVenta"), record.amount("TotalCosto"),
                  record.number("Huella")};
  if (!record.is_null("LibroHuella"))
    state.ledger = {record.number("LibroFilas"), record.amount("LibroUnidades"),
                    record.amount("LibroVenta"), record.amount("LibroCosto"),
                    record.number("LibroHuella")};
  if (!record.is_null("LibroRevision"))
    state.revision = static_cast<std::uint32_t>(record.number("LibroRevision"));
  if (record.has("MayorFilas") && !record.is_null("MayorFilas"))
    state.most = DayTotals{record.number("MayorFilas"), record.amount("MayorUnidades"),
                           record.amount("MayorVenta"), record.amount("MayorCosto"), 0};
  if (record.has("LibroVerificacion") && !record.is_null("LibroVerificacion"))
    state.verified = instant_of(record.text("LibroVerificacion"));
  state.rejected.reset();
  if (record.has("Rechazadas")) state.rejected = record.number("Rechazadas");
  if (record.has("Anotadas")) state.hands = record.number("Anotadas");
  rows.finish();
  return state;
}

}  // namespace consolidador
