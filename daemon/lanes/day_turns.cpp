// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_turns.hpp"

#include <algorithm>

namespace consolidador {
namespace {

constexpr std::chrono::seconds look_again_after{1};

}  // namespace

void DayTurns::drop(Date date, Priority most_urgent) {
  const auto waiting = queue_.priority_of(date);
  if (waiting && *waiting >= most_urgent) queue_.remove(date);
}

std::optional<DayTask> DayTurns::begin_next(bool only_today) {
  if (only_today) return begin_more_urgent(Priority::window);
  auto task = next();
  if (task) begin(task->date);
  return task;
}

std::optional<DayTask> DayTurns::begin_more_urgent(Priority than) {
  if (than == Priority::today) return std::nullopt;
  const auto last = static_cast<Priority>(static_cast<int>(than) - 1);
  auto task = queue_.pop(SteadyClock::now(), busy_, last);
  if (task) begin(task->date);
  return task;
}

std::optional<DayTask> DayTurns::next() {
  const auto now = SteadyClock::now();
  if (auto task = queue_.pop(now, busy_, Priority::requested)) return task;
  for (const auto& [date, taken] : extractions_.at_hand())
    if (queue_.waiting_since(date) <= taken)
      if (auto task = queue_.pop_day(date, now, busy_)) return task;
  if (extractions_.gate().opens_at() > now || extractions_.others_behind(taker_))
    return std::nullopt;
  return queue_.pop(now, busy_);
}

SteadyClock::time_point DayTurns::next_start() const {
  const auto now = SteadyClock::now();
  const auto waits = queue_.next_start(now);
  if (!queue_.has_ready()) return waits;
  if (extractions_.others_behind(taker_)) return std::min(waits, now + look_again_after);
  const auto opens = extractions_.gate().opens_at();
  return opens > now ? std::min(waits, opens) : waits;  // past: what is ready is being worked on
}

}  // namespace consolidador
