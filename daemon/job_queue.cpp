// SPDX-License-Identifier: MIT
#include "daemon/job_queue.hpp"

#include <algorithm>

namespace consolidador {

bool JobQueue::push(const DayTask& task) {
  const auto found = days_.find(task.date);
  if (found != days_.end()) {
    Entry& entry = found->second;
    if (task.priority < entry.task.priority) entry.not_before = {};
    entry.task.priority = std::min(entry.task.priority, task.priority);
    entry.task.kind = std::max(entry.task.kind, task.kind);
    entry.task.since = std::max(entry.task.since, task.since);
    return true;
  }
  const bool urgent = task.priority <= Priority::window;
  if (!urgent && days_.size() >= capacity_) return false;
  days_.emplace(task.date, Entry{task, {}});
  return true;
}

void JobQueue::push_later(const DayTask& task, SteadyClock::time_point instant) {
  push(task);
  if (const auto found = days_.find(task.date); found != days_.end())
    found->second.not_before = instant;
}

std::optional<DayTask> JobQueue::pop(SteadyClock::time_point now, const std::set<Date>& busy) {
  auto best = days_.end();
  // Newest first within a priority: the walk goes backwards and only a better priority replaces.
  for (auto i = days_.end(); i != days_.begin();) {
    --i;
    if (i->second.not_before > now || busy.contains(i->first)) continue;
    if (best == days_.end() || i->second.task.priority < best->second.task.priority) best = i;
  }
  if (best == days_.end()) return std::nullopt;
  const DayTask task = best->second.task;
  days_.erase(best);
  return task;
}

SteadyClock::time_point JobQueue::next_start(SteadyClock::time_point now) const {
  auto first = SteadyClock::time_point::max();
  for (const auto& [date, entry] : days_)
    if (entry.not_before > now) first = std::min(first, entry.not_before);
  return first;
}

std::size_t JobQueue::count(Priority priority) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      days_, [&](const auto& entry) { return entry.second.task.priority == priority; }));
}

std::optional<Priority> JobQueue::priority_of(Date date) const {
  const auto found = days_.find(date);
  if (found == days_.end()) return std::nullopt;
  return found->second.task.priority;
}

std::optional<Date> JobQueue::oldest() const {
  if (days_.empty()) return std::nullopt;
  return days_.begin()->first;
}

}  // namespace consolidador
