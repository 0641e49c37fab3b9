// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>

#include "daemon/lanes/loop.hpp"

namespace consolidador {

/// The wall clock of the daemon; tests bring one that they advance by hand. Loop thread only.
class Timekeeper {
 public:
  using Instant = std::chrono::system_clock::time_point;
  virtual ~Timekeeper() = default;
  virtual Instant now() const = 0;
  /// Returns at `instant`, or earlier when the clock was set or wake() was called: look at now().
  virtual Task<> wait_until(Instant instant) = 0;
  virtual void wake() = 0;
};

/// The machine's clock, by timerfd(2): notices when it is set and when the machine wakes from
/// sleep.
class SystemTimekeeper : public Timekeeper {
 public:
  explicit SystemTimekeeper(asio::io_context& loop);
  Instant now() const override { return std::chrono::system_clock::now(); }
  Task<> wait_until(Instant instant) override;
  void wake() override;

 private:
  asio::posix::stream_descriptor timer_;
};

}  // namespace consolidador
