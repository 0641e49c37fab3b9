// SPDX-License-Identifier: MIT
#include "daemon/ctl/deadline.hpp"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "lib/core/exit_code.hpp"

namespace consolidador::ctl {

Deadline::Deadline(std::chrono::milliseconds limit, std::function<int()> late)
    : late_(std::move(late)), thread_([this, limit] { wait(limit); }) {}

Deadline::~Deadline() {
  {
    const std::lock_guard lock(mutex_);
    in_time_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

/// Holds the lock to the end: who comes too late waits for the process to be gone.
void Deadline::wait(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, limit, [this] { return in_time_; })) return;
  int code = static_cast<int>(ExitCode::internal);
  try {
    code = late_();
    std::cout.flush();
  } catch (const std::exception& error) {
    std::cerr << "consolidadorctl: " << error.what() << '\n';
  }
  std::_Exit(code);
}

}  // namespace consolidador::ctl
