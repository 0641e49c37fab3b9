// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/day_job.hpp"
#include "daemon/lane.hpp"

namespace consolidador {

/// What is known of the days: which are in ERROR and why, and what of it is news. The targets
/// report one by one; a day becomes one line of the bitacora and of the log when the last of them
/// that works on it has reported. Loop thread only.
class DayBook {
 public:
  /// `still_working(date)`: another target has the day before it and will report soon.
  /// `publish`: gets each finished day that is news.
  DayBook(std::function<bool(Date)> still_working, std::function<void(const DayResult&)> publish);

  void add(const DayReport& report);

  /// Reports that wait for a target which has gone down in the meantime.
  void flush();

  /// Outcomes from before a restart, so that an old ERROR is not told again.
  void remember(const std::map<Date, BitacoraEntry>& entries);

  const std::map<Date, std::string>& failed() const noexcept { return failed_; }

 private:
  void finish(Date date);
  bool is_news(const DayResult& result) const;

  std::function<bool(Date)> still_working_;
  std::function<void(const DayResult&)> publish_;
  std::map<Date, DayResult> open_;
  std::map<Date, std::string> failed_;
  std::map<Date, std::string> told_;  // the error last published of a day; only days in ERROR
};

}  // namespace consolidador
