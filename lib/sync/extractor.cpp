// SPDX-License-Identifier: MIT
#include "lib/sync/extractor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

void check_total(const char* column, Decimal extracted, Decimal audited, Decimal tolerance) {
  if ((extracted - audited).abs() <= tolerance) return;
  throw DataError(fmt::format(
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

}  // namespace

ExtractedDay extract(Source& source, std::int32_t branch_id, Date date,
                     const SourceAuditOptions& audit, HorizonSearch* search,
                     std::optional<Date> today) {
  const auto snapshot = source.snapshot();
  RowCollector collector(date);
  snapshot->read_sales(date, collector);
  ExtractedDay day{date, {}, collector.take_rows(), false, false};
  sort_and_check_keys(day.rows);
  day.totals = totals_of(day.rows, branch_id, date);
  if (audit.enabled)
    check_source(day.totals, snapshot->audit(date), audit.tolerance, collector.rounded());
  if (search) day.before_horizon = is_before_horizon(day, *snapshot, *search);
  if (date == today && audit.enabled)
    day.sales_after = snapshot->audit(date + std::chrono::days(1)) != SourceTotals{};
  return day;
}

}  // namespace consolidador
