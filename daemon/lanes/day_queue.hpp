// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <optional>
#include <set>

#include "daemon/lanes/day.hpp"

namespace consolidador {

/// Who wants a day: the service, which finds in its ledgers what is lacking, or people by requests.
enum class Wanting { service, requests };

/// The days that wait for one target: bounded, ordered by priority, then by requests in turn, then
/// newest first; each day once. A day that comes again keeps the more urgent priority, the later
/// TaskKind and who has asked for it last; what the service and what requests want of it is kept
/// apart, so that one can be taken back without the other. Loop thread only.
class DayQueue {
 public:
  explicit DayQueue(std::size_t capacity = 50'000) : capacity_(capacity) {}

  /// False when the queue is full and the day is not in it: history and verification are found
  /// again in the ledgers, so nothing is lost. Today and the window are always taken. It is a
  /// request's where DayTask::look is set.
  bool push(const DayTask& task);

  /// Not before `instant`; a new push does not shorten it, except with a more urgent priority.
  void push_later(const DayTask& task, SteadyClock::time_point instant);

  /// The most urgent day, of priority `first` to `last`, that may start at `now` and is not in
  /// `busy`; removed from the queue. Within a priority each request has its turn after the others.
  std::optional<DayTask> pop(SteadyClock::time_point now, const std::set<Date>& busy,
                             Priority first = Priority::today,
                             Priority last = Priority::verification);

  /// This day, if it is here, may start at `now` and is not in `busy`; removed from the queue.
  std::optional<DayTask> pop_day(Date date, SteadyClock::time_point now,
                                 const std::set<Date>& busy);

  /// This day, whether it may start or not, with what `more` asks of it; removed from the queue.
  DayTask take(const DayTask& more);

  /// Takes back what is wanted of a day, but for today and the window: the service wants those in
  /// every cycle.
  void drop(Date date, Wanting wanting);

  /// When the next of the days that wait for their time may start, after `now`; max(): none waits.
  SteadyClock::time_point next_start(SteadyClock::time_point now) const;

  /// From now on no day waits for its time.
  void end_waits() { end_waits(SteadyClock::time_point::max()); }

  bool contains(Date date) const { return days_.contains(date); }
  std::size_t size() const noexcept { return days_.size(); }
  bool has_ready() const noexcept { return !ready_.empty(); }
  /// DayTask::asked of a day that is here and need not wait any longer; max(): it is not.
  SteadyClock::time_point waiting_since(Date date) const;

 private:
  struct Entry {
    std::optional<DayTask> own;            ///< what the service wants
    std::optional<DayTask> asked;          ///< what requests want
    DayTask task;                          ///< both in one
    SteadyClock::time_point not_before{};  ///< in waiting_ with it, or in ready_ when it is zero
  };
  using Days = std::map<Date, Entry>;
  struct Turn {
    Priority priority;
    std::uint64_t request;
    Date date;
    bool operator<(const Turn& other) const {
      if (priority != other.priority) return priority < other.priority;
      return request != other.request ? request < other.request : date > other.date;
    }
  };

  static Turn turn_of(const DayTask& task);
  static void unite(Entry& entry);
  std::optional<DayTask> pop_of(Priority priority, const std::set<Date>& busy);
  void line_up(const Entry& entry);
  void step_out(const Entry& entry);
  void end_waits(SteadyClock::time_point now);
  DayTask remove(Days::iterator day);

  Days days_;
  std::set<Turn> ready_;
  std::set<std::pair<SteadyClock::time_point, Date>> waiting_;
  std::map<Priority, std::uint64_t> served_;  // whose turn it was last
  std::size_t capacity_;
};

}  // namespace consolidador
