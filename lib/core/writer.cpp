// SPDX-License-Identifier: MIT
#include "lib/core/writer.hpp"

#include <pthread.h>

#include <utility>

namespace consolidador {

Writer::~Writer() {
  while (!stop(std::chrono::hours(1))) {
  }
}

void Writer::start() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(running_, true)) return;
  thread_ = std::thread([this] { thread_main(); });
}

bool Writer::post(std::function<void()> work) {
  Lock lock(mutex_);
  if (!running_) {
    lock.unlock();
    work();
    return true;
  }
  if (waiting_.size() >= most_waiting) return false;
  waiting_.push_back(std::move(work));
  changed_.notify_all();
  return true;
}

bool Writer::drain(std::chrono::milliseconds limit) {
  Lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return is_done(); });
}

bool Writer::stop(std::chrono::milliseconds limit) {
  Lock lock(mutex_);
  if (!changed_.wait_for(lock, limit, [this] { return is_done(); })) return false;
  running_ = false;
  changed_.notify_all();
  lock.unlock();
  if (thread_.joinable()) thread_.join();
  return true;
}

void Writer::thread_main() {
  pthread_setname_np(pthread_self(), "writer");
  Lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !running_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    working_ = true;
    lock.unlock();
    work();
    work = nullptr;  // what it holds is let go before anybody hears of its end
    lock.lock();
    working_ = false;
    changed_.notify_all();
  }
}

}  // namespace consolidador
