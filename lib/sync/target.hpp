// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/core/error.hpp"
#include "lib/sync/buckets.hpp"
#include "lib/sync/change_note.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/judgement.hpp"
#include "lib/sync/quarantine.hpp"
#include "lib/sync/sales_row.hpp"

namespace consolidador {

/// What a target holds of a day: counted from the rows, and what its ledger says.
struct DayState {
  using Instant = std::chrono::system_clock::time_point;
  DayTotals actual;
  std::optional<DayTotals> ledger;  ///< nothing: the day was never recorded there
  std::uint32_t revision = 0;       ///< of the ledger's row; 0: there is none
  /// The largest figures that the day has been proven with since it closed, Huella left out;
  /// nothing: those of the ledger.
  std::optional<DayTotals> most{};
  /// The ledger's last audit without differences; nothing: not in the ledger, or it does not tell.
  std::optional<Instant> verified{};
  /// Rows of the POS that are kept apart; nothing: the target has no place for them.
  std::optional<std::uint64_t> rejected = 0;

  /// Rows that other hands have changed since the day was recorded.
  std::uint64_t hands = 0;

  /// Hands have changed the rows, and the ledger says what they are now.
  bool made_to_fit() const { return hands != 0 && actual.filas != 0 && intact(); }
  /// The rows are those that the ledger says were proven.
  bool intact() const { return ledger && *ledger == actual; }
  /// What the ledger says proves nothing: the rows are others, or hands have changed them.
  bool altered() const { return !intact() || hands != 0; }
  /// Ledger and rows say that nothing is left of what was proven, and nobody has approved.
  bool emptied() const { return intact() && actual.filas == 0 && most && most->filas != 0; }
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

/// Who writes a branch's days: a machine, recognised again by its id.
struct Machine {
  std::string id;    ///< 32 hexadecimal digits; the same for every process of the machine
  std::string host;  ///< for people
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
  std::vector<Date> held;    ///< days that a person has to approve; the first of them
  std::size_t archived = 0;  ///< days that the POS keeps no longer
  /// Not sent. beat() answers with the ledger_mark() of the days from this one on.
  Date marked_from{};
};

/// Another machine writes this branch's days. Permanent: a person has to decide which.
class OtherMachine : public Error {
 public:
  using Error::Error;
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
  /// Writes the ledger's row and returns what the target now holds, ledger included. Throws
  /// std::logic_error when the permit does not cover it.
  virtual DayState record(Date date, const DayTotals& totals) = 0;
  /// What was recorded is a step: the next one begins, with a leave and a reason of its own.
  virtual void go_on(const Permit& permit, const ChangeNote& note) = 0;
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
  /// The same of some buckets.
  virtual std::vector<SalesRow> rows(Date date, const BucketSet& buckets) = 0;
  virtual Seals seals(Date date) = 0;
  /// Needs leave to write: what is recorded must be what the permit covers. `note` goes into the
  /// history where the day has ended or was damaged.
  virtual std::unique_ptr<TargetTransaction> begin(const Permit& permit,
                                                   const ChangeNote& note) = 0;
  /// The rows of the POS that are kept apart, in order.
  virtual std::vector<RejectedRow> rejected(Date /*date*/) { return {}; }
  /// These take their place.
  virtual void keep_rejected(Date /*date*/, std::span<const RejectedRow> /*rows*/) {}
  /// All days of which some are kept apart.
  virtual std::map<Date, Rejections> rejected_days() { return {}; }
  /// The ledger of the range, oldest first.
  virtual std::vector<LedgerDay> ledger(const DateRange& range) = 0;
  /// The first and the last day of which it has rows; nothing: it has none, or does not tell.
  virtual std::optional<DateRange> extent() { return std::nullopt; }
  /// Days of the range whose last audit lies furthest back; at most `count`.
  virtual std::vector<Date> least_verified(const DateRange& range, unsigned count) = 0;
  /// What the server's clock shows; nothing: it does not tell.
  virtual std::optional<std::chrono::system_clock::time_point> clock() { return std::nullopt; }
  /// From this machine. Returns ledger_mark() of the target's ledger; nothing: its schema is of
  /// version 0.1.0. Throws OtherMachine, with nothing changed, where another has left its mark.
  virtual std::optional<std::string> beat(const Heartbeat& heartbeat) = 0;
  /// Leaves this machine's mark where there is none, or with `take_over` in any case. Throws
  /// OtherMachine where the branch is another's. A database made before there were marks is left
  /// as it is.
  virtual void claim(const Machine& machine, bool take_over) = 0;
  /// The same without leaving a mark.
  virtual void check_claim(const Machine& machine) = 0;
};

}  // namespace consolidador
