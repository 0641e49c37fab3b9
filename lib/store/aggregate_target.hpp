// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>

#include "lib/db/pool.hpp"
#include "lib/db/statement.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// An aggregate database (local or VPS) behind the port Target, for one branch. Each call borrows a
/// connection of the pool, a transaction for as long as it lives. Thread-safe; the pool must
/// outlive it. Where the schema is of version 0.1.0 the heartbeat goes without what it has no
/// columns for, and there are no marks of machines; the first heartbeat finds that out.
class AggregateTarget : public Target {
 public:
  AggregateTarget(Pool& pool, std::int32_t branch_id, BatchOptions batch)
      : pool_(pool), branch_id_(branch_id), batch_(batch) {}

  const std::string& name() const override { return pool_.name(); }
  DayState state(Date date) override;
  std::vector<SalesRow> rows(Date date) override;
  std::vector<SalesRow> rows(Date date, const BucketSet& buckets) override;
  Seals seals(Date date) override;
  std::unique_ptr<TargetTransaction> begin(const Permit& permit, const ChangeNote& note) override;
  std::vector<RejectedRow> rejected(Date date) override;
  void keep_rejected(Date date, std::span<const RejectedRow> rows) override;
  std::map<Date, Rejections> rejected_days() override;
  std::vector<LedgerDay> ledger(const DateRange& range) override;
  std::optional<DateRange> extent() override;
  std::vector<Date> least_verified(const DateRange& range, unsigned count) override;
  std::optional<std::string> beat(const Heartbeat& heartbeat) override;
  std::optional<std::chrono::system_clock::time_point> clock() override;
  void claim(const Machine& machine, bool take_over) override;
  void check_claim(const Machine& machine) override;

 private:
  std::optional<std::string> beat_whole(Connection& connection, const Heartbeat& heartbeat);

  Pool& pool_;
  std::int32_t branch_id_;
  BatchOptions batch_;
  std::atomic<bool> old_schema_ = false;
};

}  // namespace consolidador
