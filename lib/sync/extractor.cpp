// SPDX-License-Identifier: MIT
#include "lib/sync/extractor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

constexpr std::size_t longest_reason = 200;  // of FilasRechazadas.Motivo

/// Takes each row, or sets it aside.
class RowCollector : public SalesVisitor {
 public:
  RowCollector(Date date, const QuarantineRule& rule) : date_(date), rule_(rule) {}

  void columns(std::span<const std::string> names) override { mapper_.emplace(names, date_); }

  void row(std::span<const Cell> cells) override try {
    rows_.push_back(mapper_->map(cells));
  } catch (const RowRefused& refused) {
    set_aside(cells, refused);
  }

  /// Sorted by key, each key once.
  std::vector<SalesRow> take_rows() {
    rows_.shrink_to_fit();  // a day may be kept for a while
    std::ranges::sort(rows_, {}, &SalesRow::key);
    for (RejectedRow& row : take_doubles(rows_)) rejected_.push_back(std::move(row));
    check_quarantine(rows_, rejected_, rule_);
    return std::move(rows_);
  }

  /// After the rows have been taken.
  std::vector<RejectedRow> take_rejected() {
    std::ranges::sort(rejected_);
    return std::move(rejected_);
  }

  SalesRowMapper::RoundedCount rounded() const {
    return mapper_ ? mapper_->rounded() : SalesRowMapper::RoundedCount{};
  }

 private:
  void set_aside(std::span<const Cell> cells, const RowRefused& refused) {
    RejectedRow row;
    row.reason = shortened(refused.reason(), longest_reason);
    row.row = mapper_->rows();
    row.amounts = mapper_->amounts(cells);
    const auto given = mapper_->cells_of(cells);
    for (std::size_t i = 0; i < given.size(); ++i) row.texts[i] = rejected_text(i, given[i]);
    rejected_.push_back(std::move(row));
    if (!rule_.enabled || rejected_.size() > rule_.most) check_quarantine({}, rejected_, rule_);
  }

  Date date_;
  const QuarantineRule& rule_;
  std::optional<SalesRowMapper> mapper_;
  std::vector<SalesRow> rows_;
  std::vector<RejectedRow> rejected_;
};

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

/// The POS's audit counts what was set aside, too.
SourceTotals sums_of(const ExtractedDay& day) {
  SourceTotals sums{day.totals.unidades, day.totals.venta, day.totals.costo};
  for (const RejectedRow& row : day.rejected) {
    sums.unidades += row.amounts.unidades;
    sums.venta += row.amounts.venta;
    sums.costo += row.amounts.costo;
  }
  return sums;
}

void check_source(const SourceTotals& extracted, const SourceTotals& audited, Decimal tolerance,
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
      : snapshot_(source.snapshot()), branch_id_(branch_id), audit_(audit), day_{date,  {}, {},
                                                                                 false, {}, {}} {}

  bool may_move() const { return snapshot_->may_move(); }

  /// Throws Contradiction, DayMoves.
  ExtractedDay run(bool between_audits, HorizonSearch* search, std::optional<Date> today) {
    std::optional<SourceTotals> before;
    if (between_audits) before = snapshot_->audit(day_.date);
    RowCollector collector(day_.date, audit_.invalid_rows);
    snapshot_->read_sales(day_.date, collector);
    day_.rows = collector.take_rows();
    day_.rejected = collector.take_rejected();
    day_.totals = totals_of(day_.rows, branch_id_, day_.date);
    if (audit_.enabled) check(before, collector.rounded());
    snapshot_->keep_written();
    if (search) day_.before_horizon = is_before_horizon(day_, *snapshot_, *search);
    if (day_.date == today && audit_.enabled) day_.sales_after = snapshot_->sales_after(day_.date);
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
    check_source(sums_of(day_), after, audit_.tolerance, rounded);
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
