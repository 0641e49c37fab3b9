// SPDX-License-Identifier: MIT
#include "lib/store/pos_source.hpp"

#include <optional>

#include "lib/core/log.hpp"
#include "lib/db/statement.hpp"
#include "lib/db/transaction.hpp"
#include "lib/store/record.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {

class PosSource::Snapshot : public SourceSnapshot {
 public:
  explicit Snapshot(PosSource& source) : source_(source), writable_(source.procedures_write_) {
    connect();
    may_move_ = source.lacks_transactions(**lease_);
    transaction_.emplace(
        **lease_, writable_ ? Transaction::Mode::writable_snapshot : Transaction::Mode::snapshot);
  }

  void read_sales(Date date, SalesVisitor& visitor) override {
    call([&](Connection& connection) {
      auto& statement = connection.statement(statements::extraer_dia);
      Rows rows = statement.query({to_string(date)}, DbPhase::read, day_of_sales);
      visitor.columns(rows.columns());
      while (rows.next()) visitor.row(rows.cells());
      rows.finish();
    });
  }

  SourceTotals audit(Date date) override {
    SourceTotals totals;
    call([&](Connection& connection) {
      auto& statement = connection.statement(statements::auditar_operativa);
      Rows rows = statement.query({to_string(date)}, DbPhase::read);
      const Record record(rows, "sp_audit_operativa");
      totals = {record.amount("TotalUnidades"), record.amount("TotalVenta"),
                record.amount("TotalCosto")};
      rows.finish();
    });
    return totals;
  }

  std::optional<Date> sales_after(Date today) override try {
    std::optional<Date> newest;
    call([&](Connection& connection) {
      auto& statement = connection.statement(statements::leer_ultima_venta);
      Rows rows = statement.query({}, DbPhase::read);
      const auto text = Record(rows, "sp_ultima_venta").text("UltimaVenta");
      if (!text.empty()) newest = parse_date(text);
      rows.finish();
    });
    return newest > today ? newest : std::nullopt;
  } catch (const DbError& error) {
    if (!error.out_of_reach()) throw;
    return source_.look_ahead(*this, today);
  }

  bool may_move() const override { return may_move_; }

  void keep_written() override {
    if (!writable_) return;
    transaction_->commit();
    transaction_.reset();
  }

 private:
  void connect() {
    lease_.emplace(source_.pool_.acquire());
    if (writable_) (*lease_)->mark_used_up();
  }

  template <typename Procedure>
  void call(Procedure procedure) try {
    if (!transaction_) {  // the call before may have left a temporary table behind
      lease_.reset();
      connect();
    }
    procedure(**lease_);
  } catch (const DbError& error) {
    if (writable_ || !error.refused_as_read_only()) throw;
    source_.found_writing(error);
    throw SnapshotRefused(error);
  }

  PosSource& source_;
  bool writable_;
  bool may_move_ = false;
  std::optional<Pool::Lease> lease_;
  /// No statement of this program writes in it. Its destructor rolls back what the POS's procedures
  /// have written; keep_written() commits it, and ends it.
  std::optional<Transaction> transaction_;
};

std::unique_ptr<SourceSnapshot> PosSource::snapshot() {
  return std::make_unique<Snapshot>(*this);
}

/// Tomorrow, what had some before, and by turns one more day of a month.
std::optional<Date> PosSource::look_ahead(Snapshot& snapshot, Date today) {
  constexpr unsigned others = 30;
  const Date tomorrow = today + std::chrono::days(1);
  const Date in_turn = tomorrow + std::chrono::days(1 + look_++ % others);
  for (const Date date : {ahead_.load(), tomorrow, in_turn})
    if (date > today && snapshot.audit(date) != SourceTotals{}) {
      ahead_ = date;
      return date;
    }
  ahead_ = Date::min();
  return std::nullopt;
}

void PosSource::found_writing(const DbError& refusal) {
  if (procedures_write_.exchange(true)) return;
  log::info(
      "operational: {}: the POS's own procedures write, into temporary tables or a log; from now "
      "on they are called in a transaction that is not read-only, and what they write is kept",
      refusal.operation());
}

/// Whatever changes in the POS while it runs is seen when a connection is new.
bool PosSource::lacks_transactions(Connection& connection) {
  const std::uint64_t opened = pool_.opened();
  if (asked_at_.exchange(opened) == opened) return lacks_transactions_;
  Rows rows = connection.statement(statements::ver_motores).query({}, DbPhase::read);
  const std::string tables = Record(rows, "information_schema").text("SinTransacciones");
  rows.finish();
  if (!lacks_transactions_.exchange(!tables.empty()) && !tables.empty())
    log::info(
        "operational: no transactions, and so no snapshot, in {}: each day is read between two "
        "audits that must be equal",
        tables);
  return !tables.empty();
}

std::uint64_t PosSource::threads_running() {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::hilos_activos).query({}, DbPhase::read);
  const std::uint64_t running = Record(rows, "Threads_running").number("Value");
  rows.finish();
  return running;
}

}  // namespace consolidador
