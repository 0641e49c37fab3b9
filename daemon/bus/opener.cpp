// SPDX-License-Identifier: MIT
#include "daemon/bus/opener.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace consolidador::bus {

/// Shared with the thread, which may outlive the opener.
struct Opener::Attempt {
  std::mutex mutex;
  std::condition_variable changed;
  asio::io_context* loop;  // null: nobody wants the outcome any more
  std::function<void(Opened)> done;
  bool ended = false;
};

namespace {

Opened try_to_open(BusKind kind, const std::string& name) try {
  auto connection = std::make_unique<Connection>(kind);
  connection->request_name(name);
  return {std::move(connection), {}};
} catch (const BusError& error) {
  const std::string_view why = error.name();
  const bool taken = why.ends_with(".FileExists") || why.ends_with(".EEXIST");
  return {nullptr, taken ? "another process has this name" : error.what(), taken};
} catch (const std::exception& error) {
  return {nullptr, error.what()};
}

}  // namespace

Opener::Opener(asio::io_context& loop, BusKind kind, std::string name)
    : loop_(loop), kind_(kind), name_(std::move(name)) {}

Opener::~Opener() {
  if (!attempt_) return;
  const std::lock_guard lock(attempt_->mutex);
  attempt_->loop = nullptr;
}

void Opener::open(std::function<void(Opened)> done) {
  attempt_ = std::make_shared<Attempt>();
  attempt_->loop = &loop_;
  attempt_->done = std::move(done);
  const auto run = [attempt = attempt_, kind = kind_, name = name_] {
    auto opened = std::make_shared<Opened>(try_to_open(kind, name));
    const std::lock_guard lock(attempt->mutex);
    attempt->ended = true;
    attempt->changed.notify_all();
    if (!attempt->loop) return;
    asio::post(*attempt->loop, [attempt, opened] {
      if (attempt->loop) attempt->done(std::move(*opened));
    });
  };
  std::thread(run).detach();
}

void Opener::wait(std::chrono::milliseconds limit) {
  std::unique_lock lock(attempt_->mutex);
  attempt_->changed.wait_for(lock, limit, [this] { return attempt_->ended; });
}

}  // namespace consolidador::bus
