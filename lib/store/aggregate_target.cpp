// SPDX-License-Identifier: MIT
#include "lib/store/aggregate_target.hpp"

#include <algorithm>

#include "lib/core/log.hpp"
#include "lib/db/transaction.hpp"
#include "lib/store/cells.hpp"
#include "lib/store/day_state.hpp"
#include "lib/store/day_transaction.hpp"
#include "lib/store/machine.hpp"
#include "lib/store/machine_mark.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

/// In the column order of leer_dia.sql.
SalesRow read_row(std::span<const Rows::Cell> cells) {
  return {key_of(cells.subspan(1, 5)), amount_of(cells[6]), amount_of(cells[7]),
          amount_of(cells[8])};
}

/// In the column order of leer_rechazadas.sql.
RejectedRow read_rejected(std::span<const Rows::Cell> cells) {
  RejectedRow row;
  for (std::size_t i = 0; i < row.texts.size(); ++i)
    row.texts[i] = cells[i] ? std::string(*cells[i]) : "NULL";
  row.reason = text_of(cells[row.texts.size()]);
  return row;
}

/// In the order of the key, which its collation gives; a table made otherwise may not.
std::vector<SalesRow> read_rows(Rows rows) {
  std::vector<SalesRow> day;
  while (rows.next()) day.push_back(read_row(rows.cells()));
  if (!std::ranges::is_sorted(day, {}, &SalesRow::key)) std::ranges::sort(day, {}, &SalesRow::key);
  return day;
}

/// In the column order of leer_libro.sql.
LedgerDay read_ledger_day(std::span<const Rows::Cell> cells) {
  return {parse_date(text_of(cells[0])), totals_of(cells.subspan(1, 5)),
          instant_of(text_of(cells[6])), static_cast<std::uint32_t>(count_of(cells[7])),
          instant_of(text_of(cells[8])), instant_of(text_of(cells[9]))};
}

std::string date_or_empty(const std::optional<Date>& date) {
  return date ? to_string(*date) : "";
}

std::string list_of(const std::vector<Date>& dates) {
  std::string list;
  for (const Date date : dates) list += (list.empty() ? "" : ",") + to_string(date);
  return list;
}

/// The parameters of latido_anterior.sql, with which those of latido.sql begin.
std::vector<Value> heartbeat_values(std::int32_t branch_id, const Heartbeat& heartbeat) {
  return {std::int64_t{branch_id},
          heartbeat.salud,
          heartbeat.reasons,
          std::uint64_t{heartbeat.pending_days},
          date_or_empty(heartbeat.oldest_pending),
          list_of(heartbeat.failed),
          date_or_empty(heartbeat.last_audited),
          heartbeat.version};
}

void tell_old_schema(const std::string& name) {
  log::warning(
      "{}: its schema is that of version 0.1.0. Days are brought all the same, but what becomes of "
      "a closed day leaves no history, small losses may add up unseen, a second machine with this "
      "branch.id is not recognised, and head office does not see held days; run the scripts of "
      "sql/ there (docs/database.md, Upgrading), then reload the service",
      name);
}

}  // namespace

DayState AggregateTarget::state(Date date) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::auditar_dia)
                  .query({to_string(date), std::int64_t{branch_id_}}, DbPhase::read);
  return read_state(rows, "sp_audit_ventas_agrupadas");
}

std::vector<SalesRow> AggregateTarget::rows(Date date) {
  const auto connection = pool_.acquire();
  return read_rows(
      connection->statement(statements::leer_dia)
          .query({std::int64_t{branch_id_}, to_string(date)}, DbPhase::read, day_of_sales));
}

std::vector<SalesRow> AggregateTarget::rows(Date date, const BucketSet& buckets) {
  std::string asked;
  for (std::size_t i = 0; i < buckets.size(); ++i) asked += buckets[i] ? '1' : '0';
  const auto connection = pool_.acquire();
  return read_rows(
      connection->statement(statements::leer_cubetas)
          .query({std::int64_t{branch_id_}, to_string(date), asked}, DbPhase::read, day_of_sales));
}

Seals AggregateTarget::seals(Date date) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::sellar_dia)
                  .query({std::int64_t{branch_id_}, to_string(date)}, DbPhase::read);
  Seals seals{};
  while (rows.next()) {
    const auto seal = rows.cells()[1].value_or("");
    Seal& of_bucket = seals.at(count_of(rows.cells()[0]));
    std::copy_n(seal.begin(), std::min(seal.size(), of_bucket.size()), of_bucket.begin());
  }
  return seals;
}

/// A schema of an earlier version has no place for them.
std::vector<RejectedRow> AggregateTarget::rejected(Date date) try {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::leer_rechazadas)
                  .query({std::int64_t{branch_id_}, to_string(date)}, DbPhase::read, day_of_sales);
  std::vector<RejectedRow> kept;
  while (rows.next()) kept.push_back(read_rejected(rows.cells()));
  return kept;
} catch (const DbError& error) {
  if (!error.table_missing()) throw;
  return {};
}

void AggregateTarget::keep_rejected(Date date, std::span<const RejectedRow> rows) {
  const auto connection = pool_.acquire();
  Transaction transaction(*connection, Transaction::Mode::write);
  connection->statement(statements::borrar_rechazadas)
      .execute({std::int64_t{branch_id_}, to_string(date)}, DbPhase::write);
  const Batch batch(12, rows.size(), [&, day = to_string(date)](auto i, auto& cells) {
    cells.add(std::int64_t{branch_id_});
    cells.add(day);
    cells.add(static_cast<std::int64_t>(i) + 1);
    for (const std::string& text : rows[i].texts) cells.add(text);
    cells.add(rows[i].reason);
  });
  if (!rows.empty())
    connection->statement(statements::anotar_rechazada).execute_batch(batch, batch_);
  transaction.commit();
}

std::map<Date, Rejections> AggregateTarget::rejected_days() try {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::contar_rechazadas)
                  .query({std::int64_t{branch_id_}}, DbPhase::read, row_a_day);
  std::map<Date, Rejections> days;
  while (rows.next()) {
    const auto cells = rows.cells();
    RejectedRow first;
    first.texts[0] = text_of(cells[2]);
    first.reason = text_of(cells[3]);
    days[parse_date(text_of(cells[0]))] = {count_of(cells[1]), rejections_of({&first, 1}).text};
  }
  return days;
} catch (const DbError& error) {
  if (!error.table_missing()) throw;
  return {};
}

std::vector<LedgerDay> AggregateTarget::ledger(const DateRange& range) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::leer_libro)
                  .query({std::int64_t{branch_id_}, to_string(range.first), to_string(range.last)},
                         DbPhase::read, row_a_day);
  std::vector<LedgerDay> days;
  while (rows.next()) days.push_back(read_ledger_day(rows.cells()));
  return days;
}

std::optional<DateRange> AggregateTarget::extent() {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::leer_extremos)
                  .query({std::int64_t{branch_id_}, std::int64_t{branch_id_}}, DbPhase::read);
  if (!rows.next() || !rows.cells()[0] || !rows.cells()[1]) return std::nullopt;
  const auto cells = rows.cells();
  const DateRange extent{parse_date(text_of(cells[0])), parse_date(text_of(cells[1]))};
  rows.finish();
  return extent;
}

std::vector<Date> AggregateTarget::least_verified(const DateRange& range, unsigned count) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::menos_verificados)
                  .query({std::int64_t{branch_id_}, to_string(range.first),
                          to_string(range.last + std::chrono::days(1)), std::int64_t{count}},
                         DbPhase::read, row_a_day);
  std::vector<Date> days;
  while (rows.next()) days.push_back(parse_date(rows.cells()[0].value_or("")));
  return days;
}

std::optional<std::string> AggregateTarget::beat(const Heartbeat& heartbeat) {
  const auto connection = pool_.acquire();
  if (!old_schema_)
    if (auto mark = beat_whole(*connection, heartbeat)) return mark;
  connection->statement(statements::latido_anterior)
      .execute(heartbeat_values(branch_id_, heartbeat), DbPhase::write);
  old_schema_ = true;  // not before: it may be another column that is missing
  return std::nullopt;
}

/// Nothing where the schema has no columns for all of it.
std::optional<std::string> AggregateTarget::beat_whole(Connection& connection,
                                                       const Heartbeat& heartbeat) try {
  auto values = heartbeat_values(branch_id_, heartbeat);
  values.emplace_back(list_of(heartbeat.held));
  values.emplace_back(std::uint64_t{heartbeat.archived});
  values.emplace_back(std::int64_t{branch_id_});
  values.emplace_back(to_string(heartbeat.marked_from));
  Rows rows = connection.statement(statements::latido).query(values, DbPhase::write);
  if (!rows.next()) return std::nullopt;
  const auto owner = text_of(rows.cells()[0]);
  auto mark = text_of(rows.cells()[1]);
  rows.finish();
  const Machine machine = this_machine();
  if (!owner.empty() && owner != machine.id) refuse_other(connection, name(), branch_id_, machine);
  return mark;
} catch (const DbError& error) {
  if (!error.column_missing()) throw;
  return std::nullopt;
}

std::optional<std::chrono::system_clock::time_point> AggregateTarget::clock() {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::reloj).query({}, DbPhase::read);
  if (!rows.next() || !rows.cells()[0]) return std::nullopt;
  return parse_utc(std::string(*rows.cells()[0]));
}

void AggregateTarget::claim(const Machine& machine, bool take_over) try {
  const auto connection = pool_.acquire();
  if (!take_over && refuse_other(*connection, name(), branch_id_, machine)) return;
  connection->statement(statements::marcar_maquina)
      .execute({std::int64_t{branch_id_}, machine.id, machine.host, std::int64_t{take_over}},
               DbPhase::write);
  refuse_other(*connection, name(), branch_id_, machine);
} catch (const DbError& error) {
  if (!error.column_missing()) throw;
  tell_old_schema(name());
}

void AggregateTarget::check_claim(const Machine& machine) try {
  refuse_other(*pool_.acquire(), name(), branch_id_, machine);
} catch (const DbError& error) {
  if (!error.column_missing()) throw;
  tell_old_schema(name());
}

std::unique_ptr<TargetTransaction> AggregateTarget::begin(const Permit& permit,
                                                          const ChangeNote& note) {
  return std::make_unique<DayTransaction>(pool_, branch_id_, batch_, permit, note);
}

}  // namespace consolidador
