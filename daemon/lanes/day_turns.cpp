// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_turns.hpp"

#include <algorithm>
#include <array>

namespace consolidador {
namespace {

constexpr std::chrono::seconds look_again_after{1};

struct Span {
  Priority first, last;
  bool old;  // the POS is to be asked whether it has the time
};
constexpr Span requested{Priority::requested_late, Priority::requested, false};
constexpr Span late{Priority::late, Priority::late, true};
constexpr Span lacking{Priority::historical, Priority::verification, true};

// Who goes first, turn by turn: where all three wait late days have half of the turns, and requests
// three quarters where none is late.
constexpr std::array<std::array<Span, 3>, 4> orders{{{requested, late, lacking},
                                                     {late, requested, lacking},
                                                     {lacking, requested, late},
                                                     {late, requested, lacking}}};

}  // namespace

DayTask DayTurns::begin(const DayTask& task) {
  busy_.insert(task.date);
  return queue_.take(task);
}

void DayTurns::forget(Date date) {
  queue_.take({date});
  end(date);
}

std::optional<DayTask> DayTurns::begin_next(bool only_today) {
  if (only_today) return begin_more_urgent(Priority::window);
  auto task = next();
  if (task) busy_.insert(task->date);
  return task;
}

std::optional<DayTask> DayTurns::begin_more_urgent(Priority than) {
  if (than == Priority::today) return std::nullopt;
  const auto last = static_cast<Priority>(static_cast<int>(than) - 1);
  auto task = queue_.pop(SteadyClock::now(), busy_, Priority::today, last);
  if (task) busy_.insert(task->date);
  return task;
}

std::optional<DayTask> DayTurns::next() {
  const auto now = SteadyClock::now();
  if (auto task = queue_.pop(now, busy_, Priority::today, Priority::window)) return task;
  for (const auto& [first, last, old] : orders[turns_ % orders.size()]) {
    auto task = old ? next_old(now, first, last) : queue_.pop(now, busy_, first, last);
    if (!task) continue;
    ++turns_;
    return task;
  }
  return std::nullopt;
}

std::optional<DayTask> DayTurns::next_old(SteadyClock::time_point now, Priority first,
                                          Priority last) {
  for (const auto& [date, taken] : extractions_.at_hand())
    if (queue_.waiting_since(date) <= taken)
      if (auto task = queue_.pop_day(date, now, busy_)) return task;
  if (extractions_.gate().opens_at() > now || extractions_.others_behind(taker_))
    return std::nullopt;
  return queue_.pop(now, busy_, first, last);
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
