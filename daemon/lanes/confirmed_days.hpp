// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <memory>
#include <optional>

#include "daemon/lanes/day.hpp"

namespace consolidador {

/// Days whose content in one target is known without asking, because this process wrote or audited
/// it since the target was last down. Only today and the window are worth that. Loop thread only.
class ConfirmedDays {
 public:
  struct Day {
    DayTotals extracted;                          ///< what the POS had
    std::vector<RejectedRow> rejected;            ///< and what of it was rejected
    std::shared_ptr<const ExtractedDay> content;  ///< what the target holds
    std::uint64_t most_rows = 0;                  ///< that it has been proven with
    bool ended = true;                            ///< when it was looked at, the day was over
  };

  /// The outcome of a task that needs no question: the POS has what it had. Nothing: ask, also for
  /// the first look after the day has `ended`.
  std::optional<TargetOutcome> unchanged(const DayTask& task, const ExtractedDay& day,
                                         bool ended) const;

  /// nullptr: the day is not known.
  const Day* find(Date date) const;

  /// `extracted`: what the outcome was made from.
  void keep_outcome(const DayReport& report, const std::shared_ptr<const ExtractedDay>& extracted);

  void forget(Date date) { days_.erase(date); }
  /// What the ledger, as it was last read or written, does not say (nullptr: nothing of the day).
  void forget_unless(Date date, const LedgerDay* ledger);
  void forget_all() { days_.clear(); }
  void forget_before(Date first) { days_.erase(days_.begin(), days_.lower_bound(first)); }

 private:
  std::map<Date, Day> days_;
};

}  // namespace consolidador
