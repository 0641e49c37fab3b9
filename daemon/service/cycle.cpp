// SPDX-License-Identifier: MIT
#include "daemon/service/cycle.hpp"

namespace consolidador {

void Cycle::begin(Instant now) {
  if (running_) return;
  running_ = true;
  started_ = now;
  counts_ = {};
}

void Cycle::expect(const std::string& target, Date date) {
  open_.emplace(target, date);
}

std::optional<Cycle::Finished> Cycle::day_done(const DayReport& report, Instant now) {
  if (open_.erase({report.target, report.task.date}) == 0) return std::nullopt;
  ++counts_.days;
  if (report.error) ++counts_.failed;
  if (report.outcome && is_change(report.outcome->action)) ++counts_.changed;
  return end_if_done(now);
}

/// The cycle does not wait for it: it may take for ever.
std::optional<Cycle::Finished> Cycle::day_retried(const DayReport& report, Instant now) {
  if (open_.erase({report.target, report.task.date}) == 0) return std::nullopt;
  ++counts_.days;
  ++counts_.retried;
  return end_if_done(now);
}

std::optional<Cycle::Finished> Cycle::day_dropped(const std::string& target, Date date,
                                                  Instant now) {
  open_.erase({target, date});
  return end_if_done(now);
}

std::optional<Cycle::Finished> Cycle::target_gone(const std::string& target, Instant now) {
  std::erase_if(open_, [&](const auto& day) { return day.first == target; });
  return end_if_done(now);
}

std::optional<Cycle::Finished> Cycle::end_if_done(Instant now) {
  if (!running_ || !open_.empty()) return std::nullopt;
  running_ = false;
  counts_.took = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
  return counts_;
}

}  // namespace consolidador
