// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "lib/db/connection.hpp"
#include "lib/db/host_choice.hpp"
#include "lib/db/interrupter.hpp"

namespace consolidador {

struct PoolOptions {
  std::size_t size = 2;                 ///< connections at the same time, at least 1
  std::chrono::seconds max_age{1'800};  ///< an older connection is replaced, not lent
  std::chrono::seconds idle_check{60};  ///< one that rested longer is asked for a sign of life
  std::chrono::milliseconds acquire{30'000};  ///< longest wait for a connection to come back
};

/// Connections to one database, opened when needed and kept for the next user. Thread-safe: any
/// thread may acquire; the connection itself belongs to the thread that holds the lease.
///
/// When a connection is given back broken, every connection that was open at that moment is
/// suspect: the generation is bumped and the older ones are closed instead of lent again. Where the
/// database has several hosts the next connection then goes to another one, as it does after an
/// error that says that another node may be able to.
class Pool {
 public:
  class Lease;

  Pool(const ConnectOptions& connect, PoolOptions options);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// A healthy connection, an idle one or a new one, with the time-outs that the current thread's
  /// Patience asks for. Throws DbError when it cannot be opened (of
  /// several hosts an Error that names each), and Error (transient, server) when none becomes free
  /// in time.
  Lease acquire();

  const std::string& name() const noexcept { return hosts_.front().name; }
  std::string endpoint() const { return hosts_.front().endpoint(); }

  std::uint64_t opened() const;  ///< connections opened since the start
  std::size_t idle() const;      ///< connections that wait for a user

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::unique_ptr<Connection> connection;
    Clock::time_point opened;
    Clock::time_point returned;
    std::uint64_t generation = 0;
    std::size_t host = 0;
    std::chrono::seconds patience{};  ///< with which it was opened
  };

  void wait_for_place(std::unique_lock<std::mutex>& lock);
  Entry take_idle(std::unique_lock<std::mutex>& lock);
  std::chrono::seconds patience() const;
  Entry pick_idle();
  void make_room(std::unique_lock<std::mutex>& lock);
  bool is_fresh(const Entry& entry) const;
  Entry open(std::uint64_t generation);
  Entry open_at(std::size_t host, std::uint64_t generation);
  std::vector<std::size_t> hosts_by_health() const;
  void host_failed(std::size_t host);
  void suspect(const Entry& entry) noexcept;
  void give_back(Entry entry) noexcept;
  void leave();

  const std::vector<ConnectOptions> hosts_;
  const PoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Entry> idle_;
  std::size_t lent_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t opened_ = 0;
  HostChoice choice_;
  std::size_t last_host_ = 0;
};

/// A connection on loan; its destructor gives it back. Must not outlive the pool. While it is held,
/// the current thread's Interrupter can end its calls.
class Pool::Lease {
 public:
  Lease(Pool& pool, Entry entry)
      : pool_(&pool),
        entry_(std::move(entry)),
        attachment_(std::make_unique<Interrupter::Attachment>(entry_.connection->socket())) {}
  Lease(Lease&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)),
        entry_(std::move(other.entry_)),
        attachment_(std::move(other.attachment_)) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    attachment_.reset();
    if (pool_) pool_->give_back(std::move(entry_));
  }

  Connection& operator*() const noexcept { return *entry_.connection; }
  Connection* operator->() const noexcept { return entry_.connection.get(); }

 private:
  Pool* pool_;
  Entry entry_;
  std::unique_ptr<Interrupter::Attachment> attachment_;
};

}  // namespace consolidador
