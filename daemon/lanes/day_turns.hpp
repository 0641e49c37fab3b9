// SPDX-License-Identifier: MIT
#pragma once
#include <set>

#include "daemon/lanes/day_queue.hpp"
#include "daemon/lanes/extractions.hpp"

namespace consolidador {

/// The days of one target, those that wait and those that are being brought, and whose turn it is.
/// Today and the window always come first; then late days, requests and what else is lacking have
/// their turns beside each other, so that none of them waits for the end of another. Old days come
/// if they cost the POS nothing, else when it may be asked for them. Loop thread only.
class DayTurns {
 public:
  /// `taker`: the lane, to tell it from the others that want the same extractions.
  DayTurns(Extractions& extractions, const ExtractionTaker& taker)
      : extractions_(extractions), taker_(taker) {}

  void add(const DayTask& task) { queue_.push(task); }
  void add_later(const DayTask& task, SteadyClock::time_point instant) {
    queue_.push_later(task, instant);
  }
  void end_waits() { queue_.end_waits(); }  ///< makes every delayed day ready at once
  /// Takes back what is wanted of a day that waits, see DayQueue::drop().
  void drop(Date date, Wanting wanting) { queue_.drop(date, wanting); }

  /// The next day, or only one of the open day, is being brought from now on until end(). Nothing:
  /// no day may begin now.
  std::optional<DayTask> begin_next(bool only_today = false);
  /// The same of those that are more urgent than this.
  std::optional<DayTask> begin_more_urgent(Priority than);
  /// Out of its turn, with all that has been asked of the day since.
  DayTask begin(const DayTask& task);
  void end(Date date) { busy_.erase(date); }
  /// It is neither brought nor waits any longer, whoever wants it.
  void forget(Date date);

  /// When to ask again, unless something happens before; max(): not without that.
  SteadyClock::time_point next_start() const;

  /// DayTask::asked of a day that waits; max(): it does not.
  SteadyClock::time_point waiting_since(Date date) const { return queue_.waiting_since(date); }
  bool contains(Date date) const { return queue_.contains(date) || busy_.contains(date); }
  std::size_t size() const noexcept { return queue_.size() + busy_.size(); }
  bool idle() const noexcept { return busy_.empty(); }  ///< none is being brought

 private:
  std::optional<DayTask> next();
  std::optional<DayTask> next_old(SteadyClock::time_point now, Priority first, Priority last);

  Extractions& extractions_;
  const ExtractionTaker& taker_;
  DayQueue queue_;
  std::set<Date> busy_;
  std::size_t turns_ = 0;  // had by days that are not urgent
};

}  // namespace consolidador
