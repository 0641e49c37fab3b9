// SPDX-License-Identifier: MIT
#include "lib/store/pos_source.hpp"

#include "lib/db/statement.hpp"
#include "lib/db/transaction.hpp"
#include "lib/store/record.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

class Snapshot : public SourceSnapshot {
 public:
  explicit Snapshot(Pool& pool)
      : connection_(pool.acquire()), transaction_(*connection_, Transaction::Mode::snapshot) {}

  void read_sales(Date date, SalesVisitor& visitor) override {
    auto& statement = connection_->statement(statements::extraer_dia);
    Rows rows = statement.query({to_string(date)}, DbPhase::read);
    visitor.columns(rows.columns());
    while (rows.next()) visitor.row(rows.cells());
    rows.finish();
  }

  SourceTotals audit(Date date) override {
    auto& statement = connection_->statement(statements::auditar_operativa);
    Rows rows = statement.query({to_string(date)}, DbPhase::read);
    const Record record(rows, "sp_audit_operativa");
    const SourceTotals totals{record.amount("TotalUnidades"), record.amount("TotalVenta"),
                              record.amount("TotalCosto")};
    rows.finish();
    return totals;
  }

 private:
  Pool::Lease connection_;
  Transaction transaction_;  // read only: always ends by its rollback
};

}  // namespace

std::unique_ptr<SourceSnapshot> PosSource::snapshot() {
  return std::make_unique<Snapshot>(pool_);
}

std::uint64_t PosSource::threads_running() {
  const auto connection = pool_.acquire();
  Rows rows = connection->statement(statements::hilos_activos).query({}, DbPhase::read);
  const std::uint64_t running = Record(rows, "Threads_running").number("Activos");
  rows.finish();
  return running;
}

}  // namespace consolidador
