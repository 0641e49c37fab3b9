// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace consolidador::ctl {

/// Ends the process when what runs beside it takes longer than the limit, though nothing can
/// interrupt it: the bus library waits a minute and a half for a bus that hangs. Destroyed in time
/// it does nothing. Has a thread of its own.
class Deadline {
 public:
  /// `late`: tells people, in that thread, and returns the exit code.
  Deadline(std::chrono::milliseconds limit, std::function<int()> late);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

 private:
  void wait(std::chrono::milliseconds limit);

  std::function<int()> late_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool in_time_ = false;
  std::thread thread_;
};

}  // namespace consolidador::ctl
