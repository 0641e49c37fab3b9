// SPDX-License-Identifier: MIT
#include "lib/db/deadline.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/db/interrupter.hpp"

namespace consolidador {
namespace {

/// A thread that interrupts when the time is over, unless it is ended before.
class Alarm {
 public:
  Alarm(Interrupter& interrupter, std::chrono::milliseconds limit)
      : thread_([this, &interrupter, limit] { wait(interrupter, limit); }) {}
  ~Alarm() { end(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Whether it has interrupted.
  bool end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
    return rung_;
  }

 private:
  void wait(Interrupter& interrupter, std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit, [this] { return ended_; })) return;
    rung_ = true;
    interrupter.interrupt();
  }

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool ended_ = false;
  bool rung_ = false;

  std::thread thread_;
};

}  // namespace

void run_until(std::chrono::milliseconds limit, const std::function<void()>& unit) {
  Interrupter interrupter;
  const Interrupter::Scope scope(interrupter);
  Alarm alarm(interrupter, limit);
  try {
    unit();
  } catch (const Error&) {
    if (!alarm.end()) throw;
    throw Error(ErrorClass::transient, ErrorCause::deadline,
                fmt::format("no end within {} s; the connection was cut",
                            std::chrono::duration_cast<std::chrono::seconds>(limit).count()));
  }
}

}  // namespace consolidador
