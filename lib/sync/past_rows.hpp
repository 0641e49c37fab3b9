// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <vector>

#include "lib/sync/history.hpp"
#include "lib/sync/history_way.hpp"

namespace consolidador {

/// The rows of a day's versions, made from the rows that one target holds now and its changes.
/// While those are damaged, from what they were before the hands that the target has noted. Of a
/// day that has never changed only the ledger tells what it was, which hands may have made to fit:
/// what is noted counts more. Target and history must outlive it.
class PastRows {
 public:
  PastRows(Target& target, HistorySource& history, std::int32_t branch_id, Date date,
           const std::vector<RecordedVersion>& versions);

  /// Once. Throws DataError where no way leads to it, or it does not add up to what was recorded of
  /// it.
  std::vector<SalesRow> rows_of(const RecordedVersion& version);

 private:
  void know(std::vector<SalesRow> rows);
  bool know_before_notes();
  bool is_told_by_ledger() const { return changes_.empty(); }
  bool is_recorded(const DayTotals& totals) const;
  std::vector<RowChange> rows_on(const HistoryWay& way);
  [[noreturn]] void refuse(const RecordedVersion& version) const;
  [[noreturn]] void refuse_made_to_fit(const RecordedVersion& version) const;

  Target& target_;
  HistorySource& history_;
  std::int32_t branch_id_;
  Date date_;
  std::vector<DayChange> changes_;
  std::vector<RecordedVersion> versions_;
  /// Of nothing, of now, and of before what is noted.
  std::vector<DayTotals> totals_;
  std::vector<std::vector<SalesRow>> rows_;
};

}  // namespace consolidador
