// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "daemon/lanes/loop.hpp"
#include "lib/db/interrupter.hpp"

namespace consolidador {

/// After its connections were cut a unit needs a moment to notice.
inline constexpr std::chrono::seconds time_to_notice{5};

/// A thread for blocking units of work on one database, one unit at a time. The loop hands a unit
/// over, waits for it with a deadline, and gets its value back. A unit past its deadline loses its
/// connections and fails as a lost link would. All members belong to the loop thread.
class DbWorker {
 public:
  DbWorker(asio::io_context& loop, std::string name);
  ~DbWorker();  ///< waits for the thread; see stop()
  DbWorker(const DbWorker&) = delete;
  DbWorker& operator=(const DbWorker&) = delete;

  /// Runs `unit` on the thread. Throws what the unit throws; after the deadline an Error
  /// (transient, deadline) that says so. Only one run() at a time.
  template <typename T>
  Task<T> run(std::function<T()> unit, std::chrono::milliseconds deadline) {
    struct Outcome {
      std::optional<T> value;
      std::exception_ptr error;
    };
    auto outcome = std::make_shared<Outcome>();
    std::function<void()> work = [outcome, unit = std::move(unit)] {
      try {
        outcome->value.emplace(unit());
      } catch (...) {
        outcome->error = std::current_exception();
      }
    };
    const bool in_time = co_await execute(std::move(work), deadline);
    if (outcome->value) co_return std::move(*outcome->value);
    if (!in_time) throw_deadline(deadline);
    std::rethrow_exception(outcome->error);
  }

  bool busy() const noexcept { return busy_; }

  /// Past its deadline and still not back although its connections were cut: hung for good (a name
  /// server that does not answer). The watchdog must not be fed.
  bool hung() const noexcept { return overdue_; }

  /// Cuts the connections of the unit that runs now; it ends with an Error soon.
  void interrupt() { interrupter_.interrupt(); }

  /// Asks the thread to end and waits for it; false when it did not within `limit` (then the
  /// process can only leave without it).
  bool stop(std::chrono::milliseconds limit);

 private:
  Task<bool> execute(std::function<void()> work, std::chrono::milliseconds deadline);
  [[noreturn]] void throw_deadline(std::chrono::milliseconds deadline) const;
  void thread_main();

  asio::io_context& loop_;
  std::string name_;
  Interrupter interrupter_;
  asio::steady_timer done_;
  bool busy_ = false;      // until the coroutine that runs the unit has gone on
  bool finished_ = false;  // the unit has ended
  bool overdue_ = false;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::function<void()> work_;
  bool stopping_ = false;
  bool ended_ = false;

  std::thread thread_;
};

}  // namespace consolidador
