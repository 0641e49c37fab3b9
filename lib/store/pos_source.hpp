// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>

#include "lib/db/pool.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

/// The POS database behind the port Source. A snapshot holds one connection of the pool for as long
/// as it lives; it is read only, until the server has refused that to the POS's procedures. It may
/// move where the account sees a table without transactions.
/// Thread-safe; the pool must outlive it.
class PosSource : public Source {
 public:
  explicit PosSource(Pool& pool) : pool_(pool) {}
  std::unique_ptr<SourceSnapshot> snapshot() override;
  std::uint64_t threads_running() override;

  /// The POS's own procedures write, into temporary tables or a log: seen when one was refused.
  bool procedures_write() const noexcept { return procedures_write_; }

 private:
  class Snapshot;
  std::optional<Date> look_ahead(Snapshot& snapshot, Date today);
  void found_writing(const DbError& refusal);
  bool lacks_transactions(Connection& connection);

  Pool& pool_;
  std::atomic<std::uint64_t> asked_at_ = 0;  // the pool's count of connections then
  std::atomic<bool> lacks_transactions_ = false;
  std::atomic<bool> procedures_write_ = false;
  std::atomic<unsigned> look_ = 0;  // how often a POS without sp_ultima_venta was looked through
  std::atomic<Date> ahead_ = Date::min();  // and what it then had sales of
};

}  // namespace consolidador
