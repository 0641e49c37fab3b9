// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/lanes/day.hpp"

namespace consolidador {

/// A target that has a day before it still.
struct Outstanding {
  std::string target;
  bool soon = false;                    ///< it works on it and will report
  std::string why{};                    ///< else what it waits for
  std::optional<DayTotals> recorded{};  ///< what its ledger was last known to say of the day
  bool closed = false;                  ///< and that is final: it is only looked at again
};

/// What is known of the days: which are in ERROR and why, and what of it is news. The targets
/// report one by one; a day becomes one line of the bitacora and of the log when the last of them
/// that works on it has reported. Loop thread only.
class DayBook {
 public:
  /// `outstanding(date)`: the targets that have not got the day yet.
  /// `publish`: gets each finished day that is news.
  DayBook(std::function<std::vector<Outstanding>(Date)> outstanding,
          std::function<void(const DayResult&)> publish);

  void add(const DayReport& report);
  /// It has failed in this target and is tried again.
  void add_retry(const DayReport& report);

  /// For the bitacora's line of a day that is about to be added.
  void explain(Date date, const std::string& text) { open_[date].result.note = text; }

  /// Reports that wait for a target which has gone down in the meantime.
  void flush();

  /// A day to come: nothing of it counts.
  void forget_day(Date date);

  /// A target that is no longer configured holds nothing.
  void forget_target(const std::string& target);

  /// Outcomes from before a restart, so that an old ERROR or hold is not told again.
  void remember(const std::map<Date, BitacoraEntry>& entries);

  const std::map<Date, std::string>& failed() const noexcept { return failed_; }

  /// Since when the one has been that is in ERROR for longest; nothing: none is.
  std::optional<std::chrono::system_clock::time_point> failed_since() const;

  /// Days that are taken without some rows of the POS.
  const std::map<Date, Rejections>& rejected() const noexcept { return rejected_; }
  std::uint64_t rejected_rows() const;
  /// What a target keeps of them, for the days that were not looked at since the start.
  void know_rejected(const std::map<Date, Rejections>& days) {
    rejected_.insert(days.begin(), days.end());
  }

  /// Why a day is held, in one of the targets.
  struct Hold {
    std::string reason;
    std::optional<Loss> loss;
    bool conflict = false;
  };
  std::size_t held_days() const noexcept { return held_.size(); }
  std::vector<Date> held() const;
  /// The hold that takes most away; nullptr: the day is not held.
  const Hold* hold(Date date) const;
  /// What would be approved of it, in all targets that hold it; nothing: a hold of another kind.
  std::optional<ApprovedLoss> loss(Date date) const;
  /// Days that were held or in ERROR before a restart and have not been looked at since.
  const std::set<Date>& suspects() const noexcept { return suspects_; }
  /// In ERROR, held, or suspected of either: no target has been proven to have what the POS has.
  std::set<Date> troubled() const;

 private:
  /// A day on which not all targets have reported.
  struct OpenDay {
    DayResult result;
    /// What each target has reported on; nothing: on a failure.
    std::map<std::string, std::optional<DayTotals>> reported;
  };

  DayResult& open(const DayReport& report);
  void finish_unless_awaited(Date date);
  void finish(Date date, const std::vector<Outstanding>& outstanding);
  void note_hold(const DayReport& report);
  void note_error(const DayResult& result);
  void note_rejected(const DayReport& report);
  bool rejections_are_news(const DayResult& result) const;
  bool is_news(const DayResult& result) const;

  std::function<std::vector<Outstanding>(Date)> outstanding_;
  std::function<void(const DayResult&)> publish_;
  std::map<Date, OpenDay> open_;
  std::map<Date, std::string> failed_;
  std::map<Date, std::chrono::system_clock::time_point> error_since_;
  std::map<Date, std::map<std::string, Hold>> held_;  // by target
  std::set<Date> suspects_;
  std::map<Date, Rejections> rejected_;
  std::map<Date, std::string> told_rejected_;  // what was last published of them
  std::map<Date, std::string> told_;           // what was last published of a day that is not OK
};

}  // namespace consolidador
