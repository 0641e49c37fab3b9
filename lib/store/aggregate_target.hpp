// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "lib/db/pool.hpp"
#include "lib/db/statement.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// An aggregate database (local or VPS) behind the port Target, for one branch. Each call borrows a
/// connection of the pool, a transaction for as long as it lives. Thread-safe; the pool must
/// outlive it.
class AggregateTarget : public Target {
 public:
  AggregateTarget(Pool& pool, std::int32_t branch_id, BatchOptions batch)
      : pool_(pool), branch_id_(branch_id), batch_(batch) {}

  const std::string& name() const override { return pool_.name(); }
  DayState state(Date date) override;
  std::vector<SalesRow> rows(Date date) override;
  std::unique_ptr<TargetTransaction> begin() override;
  std::vector<LedgerDay> ledger(const DateRange& range) override;
  std::vector<Date> least_verified(const DateRange& range, unsigned count) override;
  void beat(const Heartbeat& heartbeat) override;

 private:
  Pool& pool_;
  std::int32_t branch_id_;
  BatchOptions batch_;
};

}  // namespace consolidador
