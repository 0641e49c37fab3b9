// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lib/sync/sales_row.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

/// A row of the POS that cannot be taken, and is kept apart so that the day can be proven without
/// it.
struct RejectedRow {
  /// What the POS gave, cut at the lengths of FilasRechazadas, in the order of its columns from Upc
  /// to CostoTotal; `NULL` where it gave nothing, `0x...` where it is not UTF-8.
  std::array<std::string, 8> texts{};
  std::string reason;     ///< column and what is wrong with it
  SourceTotals amounts;   ///< what sp_audit_operativa counts of it
  std::uint64_t row = 0;  ///< of the result set, from 1; 0: not known, as of a row that was kept

  const std::string& upc() const noexcept { return texts[0]; }

  /// The same line; its place in the result set and its amounts as numbers do not count.
  friend bool operator==(const RejectedRow& a, const RejectedRow& b) {
    return a.texts == b.texts && a.reason == b.reason;
  }
  friend auto operator<=>(const RejectedRow& a, const RejectedRow& b) {
    if (const auto order = a.texts <=> b.texts; order != 0) return order;
    return a.reason <=> b.reason;
  }
};

/// How much of a day may be rejected. More than this, or a row whose amounts cannot be told, fails
/// the day.
struct QuarantineRule {
  bool enabled = true;        ///< false: one row that cannot be taken fails the day
  unsigned rows = 1;          ///< percent of the day's rows
  unsigned money = 1;         ///< percent of the day's sales, and of its cost, each without sign
  std::size_t most = 10'000;  ///< rows of a day, whatever part of it they are
};

/// The bounded text of a cell of column `column`, counted from Upc.
std::string rejected_text(std::size_t column, SalesRowMapper::Cell cell);

/// `row 3 (Upc 'B2'): VentaTotal is NULL`.
std::string text_of(const RejectedRow& row);

/// What people are told of a day's rejected rows.
struct Rejections {
  std::uint64_t rows = 0;
  std::string text;  ///< the first of them, the same whatever their place in the result set

  friend bool operator==(const Rejections&, const Rejections&) = default;
};
Rejections rejections_of(std::span<const RejectedRow> rejected);

/// `2 rows rejected: Upc 'B2': VentaTotal is NULL, ...`; empty without rows.
std::string rejections_text(const Rejections& rejections);

/// Takes out of `rows`, sorted by key, each key that comes twice: nobody can tell which is right.
std::vector<RejectedRow> take_doubles(std::vector<SalesRow>& rows);

/// Throws DataError that names rows when more was rejected than the rule lets pass.
void check_quarantine(std::span<const SalesRow> rows, std::span<const RejectedRow> rejected,
                      const QuarantineRule& rule);

/// What is in `now` and not in `before`, both in order.
std::vector<RejectedRow> newly_rejected(std::span<const RejectedRow> now,
                                        std::span<const RejectedRow> before);

/// Of the rows that would go from `held`, how many may be what the POS now gives as rows that
/// cannot be taken: those with a rejected row's code and, in place of each rejected row whose code
/// itself cannot be taken, one more where `ended`, for an ended day loses rows for no other reason.
std::uint64_t rows_gone_bad(std::span<const SalesRow* const> going,
                            std::span<const RejectedRow> rejected, bool ended);

}  // namespace consolidador
