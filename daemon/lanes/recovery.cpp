// SPDX-License-Identifier: MIT
#include "daemon/lanes/recovery.hpp"

namespace consolidador {
namespace {

std::chrono::system_clock::time_point wall_now() {
  return std::chrono::system_clock::now();
}

}  // namespace

Recovery::Recovery(std::string name, const LaneOptions& options, const Parts& parts)
    : name_(std::move(name)), parts_(parts), availability_(name_, options.backoff) {
  if (options.last_success) availability_.remember_success(*options.last_success);
}

void Recovery::failed(const Error& error, const std::optional<DayTask>& day) {
  if (day) test_day_ = day;
  const bool was_up = availability_.up();
  availability_.failed(error, wall_now());
  failed_at_ = SteadyClock::now();
  parts_.errands.target_down();
  parts_.confirmed.forget_all();  // it may come back from a backup
  parts_.holdings.target_down(name_);
  parts_.changed.notify();
  if (was_up) parts_.listener.lane_down(name_);
}

void Recovery::answered() {
  if (availability_.answered(wall_now())) came_up();
}

void Recovery::succeeded(SteadyClock::time_point start) {
  if (start <= failed_at_) return;
  test_day_.reset();
  succeeded_at_ = SteadyClock::now();
  if (availability_.succeeded(wall_now())) came_up();
}

/// Back, or up for the first time: what it holds must be read before anything is judged.
void Recovery::came_up() {
  parts_.errands.read_ledger();
  parts_.listener.lane_up(name_);
}

void Recovery::replace(const LaneOptions& options) {
  availability_.set_policy(options.backoff);
  test_day_.reset();
  succeeded_at_ = {};
}

}  // namespace consolidador
