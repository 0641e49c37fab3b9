// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>

#include "daemon/service/timekeeper.hpp"

namespace consolidador::test {

/// A wall clock that stands still until it is advanced. Loop thread only.
class ManualClock : public Timekeeper {
 public:
  ManualClock(asio::io_context& loop, Instant start) : now_(start), changed_(loop) {}

  Instant now() const override { return now_; }

  Task<> wait_until(Instant instant) override {
    waiting_for_ = instant;
    if (now() < instant) co_await changed_.wait();
  }

  void wake() override { changed_.notify(); }

  void set(Instant now) {
    now_ = now;
    changed_.notify();
  }
  void advance(std::chrono::milliseconds by) { set(now() + by); }

  /// To the moment for which the daemon waits.
  void advance_to_next() { set(std::max(waiting_for_, now())); }

 private:
  std::atomic<Instant> now_;  // the fakes read it on their workers
  Instant waiting_for_{};
  Wakeup changed_;
};

}  // namespace consolidador::test
