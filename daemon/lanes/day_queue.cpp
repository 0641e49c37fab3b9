// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_queue.hpp"

#include <algorithm>

namespace consolidador {
namespace {

constexpr SteadyClock::time_point at_once{};

}  // namespace

bool DayQueue::push(const DayTask& task) {
  const auto found = days_.find(task.date);
  if (found == days_.end()) {
    const bool urgent = task.priority <= Priority::window;
    if (!urgent && days_.size() >= capacity_) return false;
    line_up(days_.emplace(task.date, Entry{task, at_once}).first->second);
    return true;
  }
  Entry& entry = found->second;
  step_out(entry);
  if (task.priority < entry.task.priority) entry.not_before = at_once;
  entry.task.priority = std::min(entry.task.priority, task.priority);
  entry.task.kind = std::max(entry.task.kind, task.kind);
  entry.task.look = entry.task.look || task.look;
  entry.task.asked = std::max(entry.task.asked, task.asked);
  line_up(entry);
  return true;
}

void DayQueue::push_later(const DayTask& task, SteadyClock::time_point instant) {
  if (!push(task)) return;
  Entry& entry = days_.at(task.date);
  step_out(entry);
  entry.not_before = instant;
  line_up(entry);
}

std::optional<DayTask> DayQueue::pop(SteadyClock::time_point now, const std::set<Date>& busy,
                                     Priority last) {
  end_waits(now);
  for (const Turn& turn : ready_) {
    if (turn.priority > last) break;
    if (!busy.contains(turn.date)) return remove(days_.find(turn.date));
  }
  return std::nullopt;
}

std::optional<DayTask> DayQueue::pop_day(Date date, SteadyClock::time_point now,
                                         const std::set<Date>& busy) {
  const auto found = days_.find(date);
  if (found == days_.end() || found->second.not_before > now || busy.contains(date))
    return std::nullopt;
  return remove(found);
}

SteadyClock::time_point DayQueue::next_start(SteadyClock::time_point now) const {
  const auto next = waiting_.upper_bound({now, Date::max()});
  return next == waiting_.end() ? SteadyClock::time_point::max() : next->first;
}

std::optional<Priority> DayQueue::priority_of(Date date) const {
  const auto found = days_.find(date);
  if (found == days_.end()) return std::nullopt;
  return found->second.task.priority;
}

SteadyClock::time_point DayQueue::waiting_since(Date date) const {
  const auto found = days_.find(date);
  return found == days_.end() || found->second.not_before != at_once
             ? SteadyClock::time_point::max()
             : found->second.task.asked;
}

void DayQueue::remove(Date date) {
  if (const auto found = days_.find(date); found != days_.end()) remove(found);
}

DayTask DayQueue::remove(Days::iterator day) {
  const DayTask task = day->second.task;
  step_out(day->second);
  days_.erase(day);
  return task;
}

void DayQueue::line_up(const Entry& entry) {
  if (entry.not_before == at_once)
    ready_.insert({entry.task.priority, entry.task.date});
  else
    waiting_.emplace(entry.not_before, entry.task.date);
}

void DayQueue::step_out(const Entry& entry) {
  ready_.erase({entry.task.priority, entry.task.date});
  waiting_.erase({entry.not_before, entry.task.date});
}

void DayQueue::end_waits(SteadyClock::time_point now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    Entry& entry = days_.at(waiting_.begin()->second);
    step_out(entry);
    entry.not_before = at_once;
    line_up(entry);
  }
}

}  // namespace consolidador
