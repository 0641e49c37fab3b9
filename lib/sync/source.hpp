// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"

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

/// One unchanging view of the POS: tills go on selling, this sees the instant at which it was
/// taken.
class SourceSnapshot {
 public:
  virtual ~SourceSnapshot() = default;
  virtual void read_sales(Date date, SalesVisitor& visitor) = 0;
  virtual SourceTotals audit(Date date) = 0;
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
