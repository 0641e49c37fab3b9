// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_queue.hpp"

#include <algorithm>

namespace consolidador {
namespace {

constexpr SteadyClock::time_point at_once{};

Priority more_urgent(Priority one, Priority other) {
  const auto [first, last] = std::minmax(one, other);
  const bool both = first == Priority::requested && last == Priority::late;
  return both ? Priority::requested_late : first;
}

/// One look for two who want it.
DayTask united(const DayTask& first, const DayTask& then) {
  DayTask task = first;
  task.priority = more_urgent(first.priority, then.priority);
  task.kind = std::max(first.kind, then.kind);
  task.look = first.look || then.look;
  task.asked = std::max(first.asked, then.asked);
  if (!then.actor.empty()) task.actor = then.actor;
  if (task.request == 0) task.request = then.request;
  return task;
}

void join(std::optional<DayTask>& wanted, const DayTask& more) {
  wanted = wanted ? united(*wanted, more) : more;
}

}  // namespace

bool DayQueue::push(const DayTask& task) {
  auto found = days_.find(task.date);
  if (found == days_.end()) {
    const bool urgent = task.priority <= Priority::window;
    if (!urgent && days_.size() >= capacity_) return false;
    found = days_.emplace(task.date, Entry{{}, {}, task, at_once}).first;
  }
  Entry& entry = found->second;
  step_out(entry);
  if (task.priority < entry.task.priority) entry.not_before = at_once;
  join(task.look ? entry.asked : entry.own, task);
  unite(entry);
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

DayTask DayQueue::take(const DayTask& more) {
  const auto found = days_.find(more.date);
  return found == days_.end() ? more : united(remove(found), more);
}

void DayQueue::drop(Date date, Wanting wanting) {
  const auto found = days_.find(date);
  if (found == days_.end()) return;
  Entry& entry = found->second;
  auto& dropped = wanting == Wanting::service ? entry.own : entry.asked;
  if (!dropped) return;
  const bool urgent = dropped->priority <= Priority::window;
  if (wanting == Wanting::service && urgent) return;
  step_out(entry);
  if (urgent && !entry.own) entry.own = DayTask{date, dropped->priority, TaskKind::sync, {}};
  dropped.reset();
  if (!entry.own && !entry.asked) {
    days_.erase(found);
    return;
  }
  unite(entry);
  line_up(entry);
}

std::optional<DayTask> DayQueue::pop(SteadyClock::time_point now, const std::set<Date>& busy,
                                     Priority first, Priority last) {
  end_waits(now);
  for (auto turn = ready_.lower_bound({first, 0, Date::max()}); turn != ready_.end();) {
    const Priority priority = turn->priority;
    if (priority > last) break;
    if (auto task = pop_of(priority, busy)) return task;
    turn = ready_.upper_bound({priority, UINT64_MAX, Date::min()});
  }
  return std::nullopt;
}

/// From the request behind the one whose turn it was last to the end, then from the first on.
std::optional<DayTask> DayQueue::pop_of(Priority priority, const std::set<Date>& busy) {
  const auto may_begin = [&](const Turn& turn) { return !busy.contains(turn.date); };
  const auto begin = ready_.lower_bound({priority, 0, Date::max()});
  const auto end = ready_.upper_bound({priority, UINT64_MAX, Date::min()});
  const auto behind = ready_.lower_bound({priority, served_[priority] + 1, Date::max()});
  auto turn = std::find_if(behind, end, may_begin);
  if (turn == end) {
    turn = std::find_if(begin, behind, may_begin);
    if (turn == behind) return std::nullopt;
  }
  served_[priority] = turn->request;
  return remove(days_.find(turn->date));
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

SteadyClock::time_point DayQueue::waiting_since(Date date) const {
  const auto found = days_.find(date);
  return found == days_.end() || found->second.not_before != at_once
             ? SteadyClock::time_point::max()
             : found->second.task.asked;
}

DayTask DayQueue::remove(Days::iterator day) {
  const DayTask task = day->second.task;
  step_out(day->second);
  days_.erase(day);
  return task;
}

/// Today and the window have no turns: the newest day goes first, whoever wants it.
DayQueue::Turn DayQueue::turn_of(const DayTask& task) {
  return {task.priority, task.priority <= Priority::window ? 0 : task.request, task.date};
}

void DayQueue::unite(Entry& entry) {
  if (entry.own && entry.asked)
    entry.task = united(*entry.own, *entry.asked);
  else
    entry.task = entry.own ? *entry.own : *entry.asked;
}

void DayQueue::line_up(const Entry& entry) {
  if (entry.not_before == at_once)
    ready_.insert(turn_of(entry.task));
  else
    waiting_.emplace(entry.not_before, entry.task.date);
}

void DayQueue::step_out(const Entry& entry) {
  ready_.erase(turn_of(entry.task));
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
