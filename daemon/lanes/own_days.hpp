// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <set>
#include <utility>

#include "daemon/lanes/known_days.hpp"

namespace consolidador {

/// The days that this process is bringing into a target: what its ledger comes to meanwhile tells
/// nothing of somebody else. Loop thread only.
class OwnDays {
 public:
  void begin(Date date);
  void end(Date date) { under_way_.erase(under_way_.find(date)); }

  /// From this day on the target says what its ledger comes to.
  void mark_from(Date date) { marked_from_ = date; }
  /// Asked later: whether no day that is marked was under way at any time from now on until then.
  std::function<bool()> none_since_now() const;

  /// The ledger is read from now on: days that are under way, or begin until it is there, will be
  /// newer than what is read.
  void begin_reading() { newer_ = {under_way_.begin(), under_way_.end()}; }
  KnownDays newest(KnownDays read, const KnownDays& known) {
    return with_own_days(std::move(read), known, std::exchange(newer_, {}));
  }

 private:
  std::multiset<Date> under_way_;
  std::set<Date> newer_;
  Date marked_from_{};
  std::uint64_t marked_ = 0;  // days that have begun, of those that are marked
};

}  // namespace consolidador
