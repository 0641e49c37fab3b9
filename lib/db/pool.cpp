// SPDX-License-Identifier: MIT
#include "lib/db/pool.hpp"

#include <fmt/format.h>

namespace consolidador {
namespace {

bool gives_a_sign_of_life(Connection& connection) {
  const Interrupter::Attachment attachment(connection.socket());  // into a black hole it is long
  return connection.ping();
}

}  // namespace

Pool::Pool(ConnectOptions connect, PoolOptions options)
    : connect_(std::move(connect)), options_(options) {
  idle_.reserve(options_.size);  // so that giving back cannot fail
}

Pool::Lease Pool::acquire() {
  std::unique_lock lock(mutex_);
  wait_for_place(lock);
  ++lent_;
  try {
    Entry entry = take_idle(lock);
    if (!entry.connection) {
      const auto generation = generation_;
      lock.unlock();
      entry = open(generation);
    }
    return Lease(*this, std::move(entry));
  } catch (...) {
    if (lock.owns_lock()) lock.unlock();
    leave();
    throw;
  }
}

void Pool::wait_for_place(std::unique_lock<std::mutex>& lock) {
  if (returned_.wait_for(lock, options_.acquire, [&] { return lent_ < options_.size; })) return;
  throw Error(ErrorClass::transient, ErrorCause::server,
              fmt::format("{}: no connection became free within {} ms; raise pool.size",
                          connect_.endpoint(), options_.acquire.count()));
}

/// The most recently used healthy one, or an empty entry. Pings and closes without the lock.
Pool::Entry Pool::take_idle(std::unique_lock<std::mutex>& lock) {
  while (!idle_.empty()) {
    Entry entry = std::move(idle_.back());
    idle_.pop_back();
    const bool fresh = is_fresh(entry);
    if (fresh && Clock::now() - entry.returned < options_.idle_check) return entry;
    lock.unlock();
    const bool alive = fresh && gives_a_sign_of_life(*entry.connection);
    if (!alive) entry.connection.reset();
    lock.lock();
    if (alive) return entry;
    if (fresh) suspect(entry);  // what killed this one may have killed its siblings
  }
  return {};
}

bool Pool::is_fresh(const Entry& entry) const {
  return entry.generation == generation_ && Clock::now() - entry.opened < options_.max_age;
}

Pool::Entry Pool::open(std::uint64_t generation) {
  Entry entry{std::make_unique<Connection>(connect_), Clock::now(), Clock::now(), generation};
  const std::lock_guard lock(mutex_);
  ++opened_;
  return entry;
}

/// Counts a fault once: what was opened after it is not suspect.
void Pool::suspect(const Entry& entry) noexcept {
  if (entry.generation == generation_) ++generation_;
}

void Pool::give_back(Entry entry) noexcept {
  entry.returned = Clock::now();
  std::unique_ptr<Connection> closing;
  {
    const std::lock_guard lock(mutex_);
    if (entry.connection->broken()) suspect(entry);
    if (!entry.connection->broken() && is_fresh(entry))
      idle_.push_back(std::move(entry));
    else
      closing = std::move(entry.connection);
  }
  closing.reset();  // without the lock, for it may take a while; before its place is another's
  leave();
}

void Pool::leave() {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
  }
  returned_.notify_one();
}

std::uint64_t Pool::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

std::size_t Pool::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

}  // namespace consolidador
