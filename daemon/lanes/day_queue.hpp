// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <optional>
#include <set>

#include "daemon/lanes/day.hpp"

namespace consolidador {

/// The days that wait for one target: bounded, ordered by priority and then newest first, each day
/// once. A day that comes again keeps the more urgent priority and the later TaskKind. Loop thread
/// only.
class DayQueue {
 public:
  explicit DayQueue(std::size_t capacity = 50'000) : capacity_(capacity) {}

  /// False when the queue is full and the day is not in it: history and verification are found
  /// again in the ledgers, so nothing is lost. Today and the window are always taken.
  bool push(const DayTask& task);

  /// Not before `instant`; a new push does not shorten it, except with a more urgent priority.
  void push_later(const DayTask& task, SteadyClock::time_point instant);

  /// The most urgent day, up to priority `last`, that may start at `now` and is not in `busy`;
  /// removed from the queue.
  std::optional<DayTask> pop(SteadyClock::time_point now, const std::set<Date>& busy,
                             Priority last = Priority::verification);

  /// This day, if it is here, may start at `now` and is not in `busy`; removed from the queue.
  std::optional<DayTask> pop_day(Date date, SteadyClock::time_point now,
                                 const std::set<Date>& busy);

  /// When the next of the days that wait for their time may start, after `now`; max(): none waits.
  SteadyClock::time_point next_start(SteadyClock::time_point now) const;

  /// From now on no day waits for its time.
  void end_waits() { end_waits(SteadyClock::time_point::max()); }

  bool contains(Date date) const { return days_.contains(date); }
  std::size_t size() const noexcept { return days_.size(); }
  bool has_ready() const noexcept { return !ready_.empty(); }
  std::optional<Priority> priority_of(Date date) const;
  /// DayTask::since of a day that is here and need not wait any longer; max(): it is not.
  SteadyClock::time_point waiting_since(Date date) const;
  void remove(Date date);

 private:
  struct Entry {
    DayTask task;
    SteadyClock::time_point not_before{};  ///< in waiting_ with it, or in ready_ when it is zero
  };
  using Days = std::map<Date, Entry>;
  struct Turn {
    Priority priority;
    Date date;
    bool operator<(const Turn& other) const {
      return priority != other.priority ? priority < other.priority : date > other.date;
    }
  };

  void line_up(const Entry& entry);
  void step_out(const Entry& entry);
  void end_waits(SteadyClock::time_point now);
  DayTask remove(Days::iterator day);

  Days days_;
  std::set<Turn> ready_;
  std::set<std::pair<SteadyClock::time_point, Date>> waiting_;
  std::size_t capacity_;
};

}  // namespace consolidador
