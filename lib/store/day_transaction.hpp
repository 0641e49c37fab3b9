// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "lib/db/batch.hpp"
#include "lib/db/pool.hpp"
#include "lib/db/statement.hpp"
#include "lib/db/transaction.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// The port's transaction in an aggregate database: a connection of the pool for as long as it
/// lives. Each call throws DbError; std::logic_error where the permit does not cover it. A lock
/// waited for in vain is an Error that names the sessions which may hold it.
class DayTransaction : public TargetTransaction {
 public:
  DayTransaction(Pool& pool, std::int32_t branch_id, const BatchOptions& batch,
                 const Permit& permit, const ChangeNote& note);
  /// Gives a session back only where nothing was left in it for sp_registrar_dia.
  ~DayTransaction() override;

  void upsert(Date date, std::span<const SalesRow* const> rows) override;
  void remove(Date date, std::span<const SalesRow* const> rows) override;
  void clear(Date date) override;
  DayState record(Date date, const DayTotals& totals) override;
  void go_on(const Permit& permit, const ChangeNote& note) override;
  void commit() override { transaction_.commit(); }

 private:
  void declare(const ChangeNote& note);
  void declare_change(const ChangeNote& note);
  void require_permit(Date date) const;
  void telling_holders(const std::function<void()>& work);
  void add_key(BatchRow& cells, const std::string& day, const SalesKey& key) const;

  std::string name_;
  std::int32_t branch_id_;
  BatchOptions batch_;
  Permit permit_;
  bool declared_ = false;  ///< the session was told of a step that is not recorded yet
  Pool::Lease connection_;
  Transaction transaction_;
};

}  // namespace consolidador
