// SPDX-License-Identifier: MIT
#include "lib/store/aggregate_history.hpp"

#include <fmt/format.h>

#include "lib/db/db_error.hpp"
#include "lib/store/cells.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

/// In the column order of leer_historial.sql.
DayChange read_change(std::span<const Rows::Cell> cells) {
  DayChange change;
  change.date = parse_date(text_of(cells[0]));
  change.number = static_cast<std::uint32_t>(count_of(cells[1]));
  change.revision = static_cast<std::uint32_t>(count_of(cells[2]));
  change.at = parse_utc(text_of(cells[3]));
  change.note.reason = parse_change_reason(text_of(cells[4]));
  change.note.actor = text_of(cells[5]);
  change.note.note = text_of(cells[6]);
  change.note.damaged = change.note.reason == ChangeReason::danado;
  change.account = text_of(cells[7]);
  if (cells[8]) change.before = totals_of(cells.subspan(8, 5));
  change.after = totals_of(cells.subspan(13, 5));
  return change;
}

std::optional<SalesRow> side_of(const SalesKey& key, std::span<const Rows::Cell> amounts) {
  if (!amounts[0]) return std::nullopt;
  return SalesRow{key, amount_of(amounts[0]), amount_of(amounts[1]), amount_of(amounts[2])};
}

/// In the column order of leer_cambios.sql and leer_notas.sql.
RowChange read_row_change(std::span<const Rows::Cell> cells) {
  const SalesKey key = key_of(cells.subspan(1, 5));
  return {static_cast<std::uint32_t>(count_of(cells[0])), side_of(key, cells.subspan(6, 3)),
          side_of(key, cells.subspan(9, 3))};
}

/// In the column order of leer_manos.sql.
NotedHands read_hands(std::span<const Rows::Cell> cells) {
  return {parse_date(text_of(cells[0])), count_of(cells[1]), text_of(cells[2])};
}

/// While it is handled: what an account of an earlier version may not read, or has not.
template <typename Answer>
Answer nothing_if_unreadable(const DbError& error) {
  if (!error.out_of_reach()) throw;
  return {};
}

}  // namespace

template <typename Answer>
std::vector<Answer> AggregateHistory::read(std::string_view sql,
                                           const std::vector<Value>& arguments,
                                           Answer (*read_one)(std::span<const Rows::Cell>)) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(sql).query(arguments, DbPhase::read, day_of_sales);
  std::vector<Answer> answers;
  while (rows.next()) answers.push_back(read_one(rows.cells()));
  return answers;
}

std::vector<DayChange> AggregateHistory::changes(const DateRange& range) try {
  return read(statements::leer_historial,
              {std::int64_t{branch_id_}, to_string(range.first), to_string(range.last)},
              read_change);
} catch (const DbError& error) {
  if (!error.table_missing()) throw;
  throw Error(
      ErrorClass::permanent, ErrorCause::schema,
      fmt::format("{}: this database has no memory yet: apply the scripts of sql/ first (in "
                  "the VPS sql/vps/instalar.sql, in local those of sql/agregada), and in "
                  "local grant the account SELECT on HistorialDias and HistorialCambios "
                  "(docs/database.md, Upgrading); {}",
                  pool_.name(), error.what()),
      error.code());
}

std::vector<RowChange> AggregateHistory::rows_from(Date date, std::uint32_t number) {
  return read(statements::leer_cambios,
              {std::int64_t{branch_id_}, to_string(date), std::uint64_t{number}}, read_row_change);
}

std::vector<RowChange> AggregateHistory::noted(Date date) try {
  return read(statements::leer_notas, {std::int64_t{branch_id_}, to_string(date)}, read_row_change);
} catch (const DbError& error) {
  return nothing_if_unreadable<std::vector<RowChange>>(error);
}

std::vector<NotedHands> AggregateHistory::hands(const DateRange& range) try {
  return read(statements::leer_manos,
              {std::int64_t{branch_id_}, to_string(range.first), to_string(range.last)},
              read_hands);
} catch (const DbError& error) {
  return nothing_if_unreadable<std::vector<NotedHands>>(error);
}

std::optional<std::chrono::system_clock::time_point> AggregateHistory::begins() try {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::leer_memoria).query({}, DbPhase::read);
  if (!rows.next() || !rows.cells()[0]) return std::nullopt;
  return parse_utc(text_of(rows.cells()[0]));
} catch (const DbError& error) {
  return nothing_if_unreadable<std::optional<std::chrono::system_clock::time_point>>(error);
}

}  // namespace consolidador
