// SPDX-License-Identifier: MIT
#include "lib/sync/extractor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

class RowCollector : public SalesVisitor {
 public:
  explicit RowCollector(Date date) : date_(date) {}

  void columns(std::span<const std::string> names) override { mapper_.emplace(names, date_); }
  void row(std::span<const Cell> cells) override { rows_.push_back(mapper_->map(cells)); }

  std::vector<SalesRow> take_rows() { return std::move(rows_); }
  SalesRowMapper::RoundedCount rounded() const {
    return mapper_ ? mapper_->rounded() : SalesRowMapper::RoundedCount{};
  }

 private:
  Date date_;
  std::optional<SalesRowMapper> mapper_;
  std::vector<SalesRow> rows_;
};

void sort_and_check_keys(std::vector<SalesRow>& rows) {
  rows.shrink_to_fit();  // a day may be kept for a while
  std::ranges::sort(rows, {}, &SalesRow::key);
  const auto twice = std::ranges::adjacent_find(rows, {}, &SalesRow::key);
  if (twice == rows.end()) return;
  const SalesKey& key = twice->key;
  throw DataError(
      fmt::format("Upc '{}' (IdProveedor {}, IdDepartamento {}, IdCategoria {}, IdSubcategoria {}) "
                  "comes twice; "
                  "sp_select_ventas_diarias must group by all of them",
                  key.upc, key.proveedor, key.departamento, key.categoria, key.subcategoria));
}

/// A rounded row may have moved the sum by half a ten-thousandth; rounding up keeps this exact.
Decimal widened(Decimal tolerance, std::uint64_t rounded_rows) {
  return tolerance + Decimal::from_units((rounded_rows + 1) / 2);
}

/// Rows and audit do not agree. Perhaps the day has changed between the two.
class Contradiction : public DataError {
 public:
  using DataError::DataError;
};

void check_total(const char* column, Decimal extracted, Decimal audited, Decimal tolerance) {
  if ((extracted - audited).abs() <= tolerance) return;
  throw Contradiction(fmt::format(
      "the POS contradicts itself: the rows of sp_select_ventas_diarias add up to {} {}, "
      "sp_audit_operativa says {} (tolerance {}); compare both procedures and the day's lines",
      column, extracted.to_string(), audited.to_string(), tolerance.to_string()));
}

void check_source(const DayTotals& extracted, const SourceTotals& audited, Decimal tolerance,
                  const SalesRowMapper::RoundedCount& rounded) {
  check_total("TotalUnidades", extracted.unidades, audited.unidades,
              widened(tolerance, rounded.unidades));
  check_total("TotalVenta", extracted.venta, audited.venta, widened(tolerance, rounded.venta));
  check_total("TotalCosto", extracted.costo, audited.costo, widened(tolerance, rounded.costo));
}

bool is_before_horizon(const ExtractedDay& day, SourceSnapshot& snapshot, HorizonSearch& search) {
  if (!day.rows.empty()) {
    search.horizon.found_sales(day.date);
    return false;
  }
  search.horizon.found_none(day.date);
  return day.date < search.today &&
         search.horizon.is_before(day.date, search.oldest(), search.today, snapshot);
}

/// One reading in one snapshot.
class Reading {
 public:
  Reading(Source& source, std::int32_t branch_id, Date date, const SourceAuditOptions& audit)
      : snapshot_(source.snapshot()),
        branch_id_(branch_id),
        audit_(audit),
        day_{date, {}, {}, false, false} {}

  bool may_move() const { return snapshot_->may_move(); }

  /// Throws Contradiction, DayMoves.
  ExtractedDay run(bool between_audits, HorizonSearch* search, std::optional<Date> today) {
    std::optional<SourceTotals> before;
    if (between_audits) before = snapshot_->audit(day_.date);
    RowCollector collector(day_.date);
    snapshot_->read_sales(day_.date, collector);
    day_.rows = collector.take_rows();
    sort_and_check_keys(day_.rows);
    day_.totals = totals_of(day_.rows, branch_id_, day_.date);
    if (audit_.enabled) check(before, collector.rounded());
    snapshot_->keep_written();
    if (search) day_.before_horizon = is_before_horizon(day_, *snapshot_, *search);
    if (day_.date == today && audit_.enabled)
      day_.sales_after = snapshot_->audit(day_.date + std::chrono::days(1)) != SourceTotals{};
    return std::move(day_);
  }

 private:
  void check(const std::optional<SourceTotals>& before,
             const SalesRowMapper::RoundedCount& rounded) const {
    const SourceTotals after = snapshot_->audit(day_.date);
    if (before && *before != after)
      throw DayMoves(
          "the day changes each time while it is read: the POS's tables know no transactions, or "
          "its procedures end ours; it is tried again");
    check_source(day_.totals, after, audit_.tolerance, rounded);
  }

  std::unique_ptr<SourceSnapshot> snapshot_;
  std::int32_t branch_id_;
  const SourceAuditOptions& audit_;
  ExtractedDay day_;
};

}  // namespace

ExtractedDay extract(Source& source, std::int32_t branch_id, Date date,
                     const SourceAuditOptions& audit, HorizonSearch* search,
                     std::optional<Date> today) {
  bool contradicted = false;
  bool moved = false;
  auto pause = audit.pause;
  for (unsigned reading = 1;; ++reading) {
    const bool last = reading >= audit.readings;
    try {
      Reading now(source, branch_id, date, audit);
      return now.run(audit.enabled && (contradicted || moved || now.may_move()), search, today);
    } catch (const SnapshotRefused&) {
      if (last) throw;
      continue;
    } catch (const Contradiction&) {
      if (last || contradicted) throw;  // now between two equal audits: it is the POS's own
      contradicted = true;
    } catch (const DayMoves&) {
      if (last) throw;
      moved = true;
    }
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

}  // namespace consolidador
