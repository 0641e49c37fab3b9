// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <vector>

#include "daemon/lanes/day.hpp"

namespace consolidador {

/// What a lane tells; called on the loop, must not block.
class LaneListener {
 public:
  virtual ~LaneListener() = default;
  virtual void day_done(const DayReport& report) = 0;
  virtual void day_retried(const DayReport& report) = 0;  ///< it has failed, and comes again
  /// It is a day to come, and is not brought: a clock was wrong when it was wanted.
  virtual void day_dropped(const std::string& target, Date date) = 0;
  virtual void lane_up(const std::string& target) = 0;
  virtual void lane_down(const std::string& target) = 0;
  virtual void ledger_read(const std::string& target) = 0;  ///< it is in the holdings
  /// Days that the target holds without some rows of the POS.
  virtual void rejected_read(const std::map<Date, Rejections>& days) = 0;
  virtual void least_verified(const std::string& target, std::vector<Date> days) = 0;
};

}  // namespace consolidador
