// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/core/error.hpp"

namespace consolidador {

/// Receives a result set as it comes from the wire. Cells are valid during the call only.
class SalesVisitor {
 public:
  using Cell = std::optional<std::string_view>;
  virtual ~SalesVisitor() = default;
  virtual void columns(std::span<const std::string> names) = 0;
  virtual void row(std::span<const Cell> cells) = 0;
};

/// What sp_audit_operativa says of a day.
struct SourceTotals {
  Decimal unidades;
  Decimal venta;
  Decimal costo;

  friend bool operator==(const SourceTotals&, const SourceTotals&) = default;
};

/// This snapshot cannot show the day; the next one that the source gives can.
class SnapshotRefused : public Error {
 public:
  explicit SnapshotRefused(const Error& reason)
      : Error(ErrorClass::transient, ErrorCause::server, reason.what(), reason.code()) {}
};

/// One unchanging view of the POS: tills go on selling, this sees the instant at which it was
/// taken, unless it may_move(). Calls throw Error, SnapshotRefused among them.
class SourceSnapshot {
 public:
  virtual ~SourceSnapshot() = default;
  virtual void read_sales(Date date, SalesVisitor& visitor) = 0;
  virtual SourceTotals audit(Date date) = 0;

  /// A day after `today` that has sales, the newest where the source can tell.
  virtual std::optional<Date> sales_after(Date today) {
    const Date tomorrow = today + std::chrono::days(1);
    return audit(tomorrow) == SourceTotals{} ? std::nullopt : std::optional(tomorrow);
  }

  /// Known not to hold still: the POS has tables without transactions.
  virtual bool may_move() const { return false; }

  /// The day has been read: what the POS's own procedures have written stays. What is read
  /// afterwards may be of a later instant.
  virtual void keep_written() {}
};

/// Port: the operational database. Calls block and throw Error. lib/store has the real one.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::unique_ptr<SourceSnapshot> snapshot() = 0;
  /// How many of its threads the server has at work, this question's own included.
  virtual std::uint64_t threads_running() = 0;
};

}  // namespace consolidador
