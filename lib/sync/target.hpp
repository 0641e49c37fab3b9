// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/sales_row.hpp"

namespace consolidador {

/// What a target holds of a day: counted from the rows, and what its ledger says.
struct DayState {
  DayTotals actual;
  std::optional<DayTotals> ledger;  ///< nothing: the day was never recorded there
};

/// A day of the ledger.
struct LedgerDay {
  using Instant = std::chrono::system_clock::time_point;
  Date date;
  DayTotals totals;
  Instant verified;            ///< last audit without differences
  std::uint32_t revision = 1;  ///< how many contents the day has had
  Instant first_sync{};
  Instant last_sync{};  ///< last change of the content
};

/// The branch's row in EstadoSucursales.
struct Heartbeat {
  std::string salud;  ///< `ok`, `degradada` or `fallando`
  std::string reasons;
  std::size_t pending_days = 0;
  std::optional<Date> oldest_pending;
  std::vector<Date> failed;  ///< in ERROR until a person acts; the first of them
  std::optional<Date> last_audited;
  std::string version;
};

/// One transaction on one target; the destructor rolls back what was not committed. No reader sees
/// any of it before commit().
class TargetTransaction {
 public:
  virtual ~TargetTransaction() = default;

  /// Inserts or updates rows, given in the order of the key.
  virtual void upsert(Date date, std::span<const SalesRow* const> rows) = 0;
  virtual void remove(Date date, std::span<const SalesRow* const> rows) = 0;
  /// Empties the day (sp_delete_ventas_agrupadas).
  virtual void clear(Date date) = 0;
  /// Writes the ledger's row and returns what the target now holds, ledger included.
  virtual DayState record(Date date, const DayTotals& totals) = 0;
  /// An Error in doubt means that the outcome is unknown: read state() before doing anything again.
  virtual void commit() = 0;
};

/// Port: an aggregate database, local or VPS. Calls block and throw Error. lib/store has the real
/// one.
class Target {
 public:
  virtual ~Target() = default;
  virtual const std::string& name() const = 0;
  virtual DayState state(Date date) = 0;
  /// The day's rows in the order of the key.
  virtual std::vector<SalesRow> rows(Date date) = 0;
  virtual std::unique_ptr<TargetTransaction> begin() = 0;
  /// The ledger of the range, oldest first.
  virtual std::vector<LedgerDay> ledger(const DateRange& range) = 0;
  /// Days of the range whose last audit lies furthest back; at most `count`.
  virtual std::vector<Date> least_verified(const DateRange& range, unsigned count) = 0;
  virtual void beat(const Heartbeat& heartbeat) = 0;
};

}  // namespace consolidador
