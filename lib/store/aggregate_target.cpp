// SPDX-License-Identifier: MIT
#include "lib/store/aggregate_target.hpp"

#include <algorithm>
#include <charconv>

#include "lib/db/transaction.hpp"
#include "lib/store/record.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

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
  rows.finish();
  return state;
}

std::int32_t whole(Rows::Cell cell) {
  return static_cast<std::int32_t>(Decimal::parse(cell.value_or("0")).units() / Decimal::scale);
}

std::uint64_t parse_count(Rows::Cell cell) {
  std::uint64_t value = 0;
  const auto text = cell.value_or("");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// In the column order of leer_dia.sql. The columns' types are ours: nothing to validate.
SalesRow read_row(std::span<const Rows::Cell> cells) {
  return {{std::string(cells[1].value_or("")), whole(cells[2]), whole(cells[3]), whole(cells[4]),
           whole(cells[5])},
          Decimal::parse(cells[6].value_or("0")),
          Decimal::parse(cells[7].value_or("0")),
          Decimal::parse(cells[8].value_or("0"))};
}

/// In the column order of leer_libro.sql.
LedgerDay read_ledger_day(std::span<const Rows::Cell> cells) {
  return {parse_date(cells[0].value_or("")),
          {parse_count(cells[1]), Decimal::parse(cells[2].value_or("0")),
           Decimal::parse(cells[3].value_or("0")), Decimal::parse(cells[4].value_or("0")),
           parse_count(cells[5])},
          parse_utc(cells[6].value_or("")),
          static_cast<std::uint32_t>(parse_count(cells[7])),
          parse_utc(cells[8].value_or("")),
          parse_utc(cells[9].value_or(""))};
}

class Unit : public TargetTransaction {
 public:
  Unit(Pool& pool, std::int32_t branch_id, const BatchOptions& batch)
      : branch_id_(branch_id),
        batch_(batch),
        connection_(pool.acquire()),
        transaction_(*connection_, Transaction::Mode::write) {}

  void upsert(Date date, std::span<const SalesRow* const> rows) override {
    const Batch batch(10, rows.size(), [this, rows, day = to_string(date)](auto i, auto& cells) {
      const SalesRow& row = *rows[i];
      add_key(cells, day, row.key);
      cells.add(row.unidades.to_string());
      cells.add(row.venta.to_string());
      cells.add(row.costo.to_string());
    });
    connection_->statement(statements::upsert_ventas).execute_batch(batch, batch_);
  }

  void remove(Date date, std::span<const SalesRow* const> rows) override {
    const Batch batch(7, rows.size(), [this, rows, day = to_string(date)](auto i, auto& cells) {
      add_key(cells, day, rows[i]->key);
    });
    connection_->statement(statements::borrar_fila).execute_batch(batch, batch_);
  }

  void clear(Date date) override {
    connection_->statement(statements::vaciar_dia)
        .execute({to_string(date), std::int64_t{branch_id_}}, DbPhase::write);
  }

  DayState record(Date date, const DayTotals& totals) override {
    Rows rows = connection_->statement(statements::registrar_dia)
                    .query({to_string(date), std::int64_t{branch_id_}, totals.filas,
                            totals.unidades.to_string(), totals.venta.to_string(),
                            totals.costo.to_string(), totals.huella},
                           DbPhase::write);
    return read_state(rows, "sp_registrar_dia");
  }

  void commit() override { transaction_.commit(); }

 private:
  void add_key(BatchRow& cells, const std::string& day, const SalesKey& key) const {
    cells.add(std::int64_t{branch_id_});
    cells.add(day);
    cells.add(key.upc);
    cells.add(std::int64_t{key.proveedor});
    cells.add(std::int64_t{key.departamento});
    cells.add(std::int64_t{key.categoria});
    cells.add(std::int64_t{key.subcategoria});
  }

  std::int32_t branch_id_;
  BatchOptions batch_;
  Pool::Lease connection_;
  Transaction transaction_;
};

}  // namespace

DayState AggregateTarget::state(Date date) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::auditar_dia)
                  .query({to_string(date), std::int64_t{branch_id_}}, DbPhase::read);
  return read_state(rows, "sp_audit_ventas_agrupadas");
}

std::vector<SalesRow> AggregateTarget::rows(Date date) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::leer_dia)
                  .query({std::int64_t{branch_id_}, to_string(date)}, DbPhase::read);
  std::vector<SalesRow> day;
  while (rows.next()) day.push_back(read_row(rows.cells()));
  // The key's collation gives this order; a table made otherwise may not.
  if (!std::ranges::is_sorted(day, {}, &SalesRow::key)) std::ranges::sort(day, {}, &SalesRow::key);
  return day;
}

std::vector<LedgerDay> AggregateTarget::ledger(const DateRange& range) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::leer_libro)
                  .query({std::int64_t{branch_id_}, to_string(range.first), to_string(range.last)},
                         DbPhase::read);
  std::vector<LedgerDay> days;
  while (rows.next()) days.push_back(read_ledger_day(rows.cells()));
  return days;
}

std::vector<Date> AggregateTarget::least_verified(const DateRange& range, unsigned count) {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::menos_verificados)
                  .query({std::int64_t{branch_id_}, to_string(range.first),
                          to_string(range.last + std::chrono::days(1)), std::int64_t{count}},
                         DbPhase::read);
  std::vector<Date> days;
  while (rows.next()) days.push_back(parse_date(rows.cells()[0].value_or("")));
  return days;
}

void AggregateTarget::beat(const Heartbeat& heartbeat) {
  const auto day = [](const std::optional<Date>& date) { return date ? to_string(*date) : ""; };
  std::string failed;
  for (const Date date : heartbeat.failed) failed += (failed.empty() ? "" : ",") + to_string(date);
  const auto connection = pool_.acquire();
  connection->statement(statements::latido)
      .execute({std::int64_t{branch_id_}, heartbeat.salud, heartbeat.reasons,
                std::uint64_t{heartbeat.pending_days}, day(heartbeat.oldest_pending), failed,
                day(heartbeat.last_audited), heartbeat.version},
               DbPhase::write);
}

std::unique_ptr<TargetTransaction> AggregateTarget::begin() {
  return std::make_unique<Unit>(pool_, branch_id_, batch_);
}

}  // namespace consolidador
