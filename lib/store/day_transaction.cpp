// SPDX-License-Identifier: MIT
#include "lib/store/day_transaction.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

#include "lib/core/text.hpp"
#include "lib/store/day_state.hpp"
#include "lib/store/machine.hpp"
#include "lib/store/machine_mark.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

constexpr unsigned lock_wait_timeout = 1205;
constexpr std::string_view of_another_machine = "45M01";  // of sp_registrar_dia

/// Only a guarded VPS has a watch.
std::string seen_by_the_watch(Connection& connection) try {
  Rows rows = connection.statement(statements::quien_estorba).query({}, DbPhase::read);
  std::string holders;
  while (rows.next())
    holders += fmt::format("{}{} ({} s{})", holders.empty() ? "" : ", ",
                           one_line(rows.cells()[0].value_or("")), rows.cells()[1].value_or(""),
                           rows.cells()[2] == "1" ? ", ended since" : "");
  return holders.empty() ? "" : "; the VPS's watch has seen it wait for " + holders;
} catch (const DbError& error) {
  if (!error.out_of_reach()) throw;
  return "";
}

std::string other_sessions(Connection& connection) {
  Rows rows = connection.statement(statements::otras_sesiones).query({}, DbPhase::read);
  std::string sessions;
  while (rows.next()) {
    const auto cells = rows.cells();
    sessions +=
        fmt::format("{}{} from {} ({}, {} s)", sessions.empty() ? "" : ", ", cells[0].value_or(""),
                    one_line(cells[1].value_or("")), cells[2].value_or(""), cells[3].value_or(""));
  }
  return sessions.empty() ? "; no other session of this account is there: an administrator's or an "
                            "analyst's transaction holds them"
                          : "; other sessions of this account: " + sessions;
}

}  // namespace

DayTransaction::DayTransaction(Pool& pool, std::int32_t branch_id, const BatchOptions& batch,
                               const Permit& permit, const ChangeNote& note)
    : name_(pool.name()),
      branch_id_(branch_id),
      batch_(batch),
      permit_(permit),
      connection_(pool.acquire()),
      transaction_(*connection_, Transaction::Mode::write) {
  declare(note);
}

/// What the session was told for sp_registrar_dia must not be left to the next transaction.
DayTransaction::~DayTransaction() {
  if (declared_) connection_->mark_broken();
}

void DayTransaction::upsert(Date date, std::span<const SalesRow* const> rows) {
  require_permit(date);
  const Batch batch(10, rows.size(), [this, rows, day = to_string(date)](auto i, auto& cells) {
    const SalesRow& row = *rows[i];
    add_key(cells, day, row.key);
    cells.add(row.unidades.to_string());
    cells.add(row.venta.to_string());
    cells.add(row.costo.to_string());
  });
  telling_holders(
      [&] { connection_->statement(statements::upsert_ventas).execute_batch(batch, batch_); });
}

void DayTransaction::remove(Date date, std::span<const SalesRow* const> rows) {
  require_permit(date);
  const Batch batch(7, rows.size(), [this, rows, day = to_string(date)](auto i, auto& cells) {
    add_key(cells, day, rows[i]->key);
  });
  telling_holders(
      [&] { connection_->statement(statements::borrar_fila).execute_batch(batch, batch_); });
}

void DayTransaction::clear(Date date) {
  require_permit(date);
  telling_holders([&] {
    connection_->statement(statements::vaciar_dia)
        .execute({to_string(date), std::int64_t{branch_id_}}, DbPhase::write);
  });
}

DayState DayTransaction::record(Date date, const DayTotals& totals) try {
  if (!permit_.covers(date, totals))
    throw std::logic_error(to_string(date) + " may not be written with this content");
  DayState state;
  telling_holders([&] {
    Rows rows = connection_->statement(statements::registrar_dia)
                    .query({to_string(date), std::int64_t{branch_id_}, totals.filas,
                            totals.unidades.to_string(), totals.venta.to_string(),
                            totals.costo.to_string(), totals.huella},
                           DbPhase::write);
    state = read_state(rows, "sp_registrar_dia");
  });
  declared_ = false;
  return state;
} catch (const DbError& error) {
  if (error.sqlstate() == of_another_machine)
    refuse_other(*connection_, name_, branch_id_, this_machine());
  throw;
}

void DayTransaction::go_on(const Permit& permit, const ChangeNote& note) {
  permit_ = permit;
  declare(note);
}

void DayTransaction::declare(const ChangeNote& note) {
  const bool told = permit_.approved() || permit_.closed() || note.damaged;
  declared_ = told || permit_.closes();
  if (told) declare_change(note);
  if (permit_.closes()) connection_->statement(statements::cerrar_dia).execute({}, DbPhase::write);
}

void DayTransaction::declare_change(const ChangeNote& note) {
  connection_->statement(statements::declarar_cambio)
      .execute({std::string(to_string(note.reason)), note.actor, note.note,
                std::int64_t{permit_.approved()}, std::int64_t{permit_.closed()}},
               DbPhase::write);
}

void DayTransaction::require_permit(Date date) const {
  if (date != permit_.date()) throw std::logic_error(to_string(date) + " may not be written");
}

/// Who has waited for a lock in vain should know whose it is.
void DayTransaction::telling_holders(const std::function<void()>& work) try {
  work();
} catch (const DbError& error) {
  if (error.code() != lock_wait_timeout) throw;
  throw Error(error.error_class(), error.cause(),
              error.what() + other_sessions(*connection_) + seen_by_the_watch(*connection_),
              error.code());
}

void DayTransaction::add_key(BatchRow& cells, const std::string& day, const SalesKey& key) const {
  cells.add(std::int64_t{branch_id_});
  cells.add(day);
  cells.add(key.upc);
  cells.add(std::int64_t{key.proveedor});
  cells.add(std::int64_t{key.departamento});
  cells.add(std::int64_t{key.categoria});
  cells.add(std::int64_t{key.subcategoria});
}

}  // namespace consolidador
