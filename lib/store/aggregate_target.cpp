// SPDX-License-Identifier: MIT
#include "lib/store/aggregate_target.hpp"

#include <algorithm>

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

/// In the column order of leer_dia.sql. The columns' types are ours: nothing to validate.
SalesRow read_row(std::span<const Rows::Cell> cells) {
  return {{std::string(cells[1].value_or("")), whole(cells[2]), whole(cells[3]), whole(cells[4]),
           whole(cells[5])},
          Decimal::parse(cells[6].value_or("0")),
          Decimal::parse(cells[7].value_or("0")),
          Decimal::parse(cells[8].value_or("0"))};
}

class Unit : public TargetTransaction {
 public:
  Unit(Pool& pool, std::int32_t branch_id, const BatchOptions& batch)
      : branch_id_(branch_id),
        batch_(batch),
        connection_(pool.acquire()),
        transaction_(*connection_, Transaction::Mode::write) {}

  void upsert(Date date, std::span<const SalesRow* const> rows) override {
    Batch batch(10, rows.size());
    const auto day = to_string(date);
    for (const SalesRow* row : rows) {
      add_key(batch, day, row->key);
      batch.add(row->unidades.to_string());
      batch.add(row->venta.to_string());
      batch.add(row->costo.to_string());
    }
    connection_->statement(statements::upsert_ventas).execute_batch(batch, batch_);
  }

  void remove(Date date, std::span<const SalesRow* const> rows) override {
    Batch batch(7, rows.size());
    const auto day = to_string(date);
    for (const SalesRow* row : rows) add_key(batch, day, row->key);
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
  void add_key(Batch& batch, const std::string& day, const SalesKey& key) const {
    batch.add(std::int64_t{branch_id_});
    batch.add(day);
    batch.add(key.upc);
    batch.add(std::int64_t{key.proveedor});
    batch.add(std::int64_t{key.departamento});
    batch.add(std::int64_t{key.categoria});
    batch.add(std::int64_t{key.subcategoria});
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

std::unique_ptr<TargetTransaction> AggregateTarget::begin() {
  return std::make_unique<Unit>(pool_, branch_id_, batch_);
}

}  // namespace consolidador
