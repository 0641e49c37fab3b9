// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/sync/change_note.hpp"
#include "lib/sync/day_diff.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/sales_row.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// A change of a day after it was proven, or a damage of it; HistorialDias has the columns.
struct DayChange {
  Date date;
  std::uint32_t number = 1;    ///< 1, 2, ... of the day, without a gap but trimmed ones
  std::uint32_t revision = 1;  ///< of the ledger, after it
  std::chrono::system_clock::time_point at;
  ChangeNote note;
  std::string account;              ///< of the server, `sucursal_7@10.0.0.7`
  std::optional<DayTotals> before;  ///< what the rows were; nothing: there was none
  DayTotals after;

  /// It stands for all that were trimmed, and is the last of them; their rows are gone.
  bool cut() const { return note.reason == ChangeReason::recortado; }
  /// It has mended rows that were not what the ledger said, and of which no hand was noted.
  bool mends_unproven() const;
};

/// What a change did to one row; it has at least one side, and both have the same key.
struct RowChange {
  std::uint32_t number = 1;        ///< of the change
  std::optional<SalesRow> before;  ///< nothing: added
  std::optional<SalesRow> after;   ///< nothing: taken away

  const SalesKey& key() const { return after ? after->key : before->key; }
};

/// What hands have done to a day and is in no change yet: the next look takes it into the history.
struct NotedHands {
  Date date;
  std::uint64_t rows = 0;
  std::string accounts;  ///< of the server, separated by ", "
};

/// Port: the memory of one target. Calls block and throw Error; a schema without the memory, or an
/// account without the right to read it, is an Error (permanent, schema or rights).
class HistorySource {
 public:
  virtual ~HistorySource() = default;
  /// The changes of the range, by day and number.
  virtual std::vector<DayChange> changes(const DateRange& range) = 0;
  /// The rows of the day's changes from this number on, by number and key.
  virtual std::vector<RowChange> rows_from(Date date, std::uint32_t number) = 0;
  /// Since when this target remembers what becomes of its days; nothing: it does not say.
  virtual std::optional<std::chrono::system_clock::time_point> begins() = 0;
  /// What hands have done to the day's rows and is in no change yet, the newest first. This and
  /// `hands` tell nothing to an account of an earlier version, which may not read it.
  virtual std::vector<RowChange> noted(Date date) = 0;
  /// The days of the range of which something is noted, by day.
  virtual std::vector<NotedHands> hands(const DateRange& range) = 0;
};

/// What is recorded of a version of a day. Version 1 is the day as it was first proven, version
/// n + 1 what its change n has left. Of a day that was trimmed the first one is what the last
/// trimmed change has left.
struct RecordedVersion {
  Date date;
  std::uint32_t number = 1;
  DayTotals totals;
  std::chrono::system_clock::time_point began;  ///< the first is as old as the ledger's row
  std::optional<DayChange> change;              ///< what has made it; nothing: it is the first
  /// The first, which was mended and was not what the ledger said: nobody has proven it.
  bool found_altered = false;
};

/// The versions of the days that have changed, by day and number; of a single day also when it has
/// not. Throws DataError when the target has not that day.
std::vector<RecordedVersion> recorded_versions(Target& target, HistorySource& history,
                                               const DateRange& range);

/// A version with its rows.
struct DayVersion : RecordedVersion {
  std::vector<SalesRow> rows;  ///< in the order of the key
};

/// Made from the rows that the target holds now and the changes between, as PastRows has it. Throws
/// DataError when there is no such version, it was trimmed, or it cannot be made.
DayVersion version_of(Target& target, HistorySource& history, std::int32_t branch_id, Date date,
                      std::uint32_t version);

/// A version with what has made it of the one before.
struct VersionChange : RecordedVersion {
  std::vector<RowDifference> rows;  ///< before and after; those first that move most sales
};

/// Throws DataError when there is no such version, it is the first, or its rows do not add up to
/// what both versions were recorded with.
VersionChange version_change(Target& target, HistorySource& history, std::int32_t branch_id,
                             Date date, std::uint32_t version);

}  // namespace consolidador
