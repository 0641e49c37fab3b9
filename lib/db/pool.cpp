// SPDX-License-Identifier: MIT
#include "lib/db/pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lib/core/log.hpp"
#include "lib/db/patience.hpp"

namespace consolidador {
namespace {

/// Rights and schema are the cluster's: the same everywhere.
bool may_be_better_elsewhere(const Error& error) {
  return error.cause() != ErrorCause::rights && error.cause() != ErrorCause::schema;
}

/// Says of each host why it cannot be used; transient if one of them is.
class AllHostsFailed {
 public:
  void add(const Error& error) {
    texts_ += fmt::format("{}{}", texts_.empty() ? "" : "; also ", error.what());
    if (!first_ || (!first_->retryable() && error.retryable())) first_ = error;
  }
  [[noreturn]] void raise() const {
    throw Error(first_->error_class(), first_->cause(), texts_, first_->code());
  }

 private:
  std::string texts_;
  std::optional<Error> first_;
};

bool gives_a_sign_of_life(Connection& connection) {
  const Interrupter::Attachment attachment(connection.socket());  // into a black hole it is long
  return connection.ping();
}

}  // namespace

Pool::Pool(const ConnectOptions& connect, PoolOptions options)
    : hosts_(connect.at_each_host()), options_(options), choice_(hosts_.size()) {
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
              fmt::format("{}: no connection became free within {} ms; raise pool.size", endpoint(),
                          options_.acquire.count()));
}

/// The most recently used healthy one, or an empty entry. Pings and closes without the lock.
Pool::Entry Pool::take_idle(std::unique_lock<std::mutex>& lock) {
  while (true) {
    Entry entry = pick_idle();
    if (!entry.connection) break;
    const bool fresh = is_fresh(entry);
    if (fresh && Clock::now() - entry.returned < options_.idle_check) return entry;
    lock.unlock();
    const bool alive = fresh && gives_a_sign_of_life(*entry.connection);
    if (!alive) entry.connection.reset();
    lock.lock();
    if (alive) return entry;
    if (fresh) suspect(entry);  // what killed this one may have killed its siblings
  }
  make_room(lock);
  return {};
}

/// Longer than the pool's own, or none.
std::chrono::seconds Pool::patience() const {
  const auto wanted = Patience::of_this_thread();
  return wanted > hosts_.front().statement_timeout ? wanted : std::chrono::seconds(0);
}

/// Those that were opened with another patience wait for their like.
Pool::Entry Pool::pick_idle() {
  const auto found =
      std::find_if(idle_.rbegin(), idle_.rend(),
                   [wanted = patience()](const Entry& e) { return e.patience == wanted; });
  if (found == idle_.rend()) return {};
  Entry entry = std::move(*found);
  idle_.erase(std::next(found).base());
  return entry;
}

/// A new connection takes the place of one with another patience.
void Pool::make_room(std::unique_lock<std::mutex>& lock) {
  if (idle_.empty() || idle_.size() + lent_ <= options_.size) return;
  Entry oldest = std::move(idle_.front());
  idle_.erase(idle_.begin());
  lock.unlock();
  oldest.connection.reset();
  lock.lock();
}

bool Pool::is_fresh(const Entry& entry) const {
  return entry.generation == generation_ && Clock::now() - entry.opened < options_.max_age;
}

Pool::Entry Pool::open(std::uint64_t generation) {
  if (hosts_.size() == 1) return open_at(0, generation);
  AllHostsFailed failures;
  for (const std::size_t host : hosts_by_health()) {
    try {
      return open_at(host, generation);
    } catch (const Error& error) {
      if (!may_be_better_elsewhere(error)) throw;
      host_failed(host);
      failures.add(error);
    }
  }
  failures.raise();
}

Pool::Entry Pool::open_at(std::size_t host, std::uint64_t generation) {
  const auto patient = patience();
  Entry entry{std::make_unique<Connection>(hosts_[host].with_patience(patient)),
              Clock::now(),
              Clock::now(),
              generation,
              host,
              patient};
  std::unique_lock lock(mutex_);
  ++opened_;
  choice_.succeeded(host);
  const bool moved = std::exchange(last_host_, host) != host;
  lock.unlock();
  if (moved) log::warning("now using {}", hosts_[host].endpoint());
  return entry;
}

std::vector<std::size_t> Pool::hosts_by_health() const {
  const std::lock_guard lock(mutex_);
  return choice_.order(Clock::now());
}

void Pool::host_failed(std::size_t host) {
  const std::lock_guard lock(mutex_);
  choice_.failed(host, Clock::now());
}

/// Counts a fault once: what was opened after it is not suspect.
void Pool::suspect(const Entry& entry) noexcept {
  if (entry.generation != generation_) return;
  ++generation_;
  choice_.failed(entry.host, Clock::now());
}

void Pool::give_back(Entry entry) noexcept {
  entry.returned = Clock::now();
  std::unique_ptr<Connection> closing;
  {
    const std::lock_guard lock(mutex_);
    const bool elsewhere = hosts_.size() > 1 && entry.connection->unfit();
    if (entry.connection->broken() || elsewhere) suspect(entry);
    if (!entry.connection->broken() && !entry.connection->used_up() && is_fresh(entry))
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
