// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace consolidador {

/// Does what waits for a disk in the place of those who must not: one thread, one piece of work
/// after the other, in the order in which they came. How much may wait is bounded: a disk can hang
/// for long. Safe from every thread.
///
/// Before start() and after stop() there is no thread, and whoever hands work over does it himself:
/// so `once` and the tools need no loop.
class Writer {
 public:
  static constexpr std::size_t most_waiting = 10'000;

  Writer() = default;
  ~Writer();  ///< waits for all that was handed over; see stop()
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void start();

  /// Work must not throw. False: too much waits already, and this will not be done.
  [[nodiscard]] bool post(std::function<void()> work);

  /// Waits until all that was handed over before is done; false when it was not within `limit`.
  bool drain(std::chrono::milliseconds limit);
  /// The same, and ends the thread; after false the process can only leave without it.
  bool stop(std::chrono::milliseconds limit);

 private:
  using Lock = std::unique_lock<std::mutex>;
  void thread_main();
  bool is_done() const { return waiting_.empty() && !working_; }

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool working_ = false;
  bool running_ = false;

  std::thread thread_;
};

}  // namespace consolidador
