// SPDX-License-Identifier: MIT
#include "daemon/lanes/db_worker.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include "lib/core/error.hpp"
#include "lib/core/log.hpp"
#include "lib/db/library.hpp"

namespace consolidador {

using namespace std::chrono_literals;

DbWorker::DbWorker(asio::io_context& loop, std::string name)
    : loop_(loop), name_(std::move(name)), done_(loop), thread_([this] { thread_main(); }) {}

DbWorker::~DbWorker() {
  if (!thread_.joinable()) return;
  while (!stop(1s)) interrupt();
}

Task<bool> DbWorker::execute(std::function<void()> work, std::chrono::milliseconds deadline) {
  busy_ = true;
  finished_ = false;
  done_.expires_after(deadline);
  {
    const std::lock_guard lock(mutex_);
    work_ = std::move(work);
  }
  changed_.notify_one();
  bool in_time = true;
  while (true) {
    co_await done_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (finished_) break;
    if (!in_time && !std::exchange(overdue_, true))
      log::error("{}: a unit of work does not end although its connection was cut", name_);
    in_time = false;
    interrupt();
    done_.expires_after(time_to_notice);
  }
  overdue_ = false;
  busy_ = false;
  co_return in_time;
}

void DbWorker::throw_deadline(std::chrono::milliseconds deadline) const {
  throw Error(ErrorClass::transient, ErrorCause::deadline,
              fmt::format("{}: no end within {} s; the connection was cut", name_,
                          std::chrono::duration_cast<std::chrono::seconds>(deadline).count()));
}

void DbWorker::thread_main() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  const DbThread library;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || work_; });
    if (!work_) break;
    auto work = std::exchange(work_, nullptr);
    lock.unlock();
    {
      const Interrupter::Scope scope(interrupter_);
      work();
    }
    work = nullptr;  // from here on, what it holds and what came of it is the loop's alone
    asio::post(loop_, [this] {
      finished_ = true;
      done_.cancel();
    });
    lock.lock();
  }
  ended_ = true;
  changed_.notify_all();
}

bool DbWorker::stop(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
  const bool ended = changed_.wait_for(lock, limit, [this] { return ended_; });
  lock.unlock();
  if (ended && thread_.joinable()) thread_.join();
  return ended;
}

}  // namespace consolidador
