// SPDX-License-Identifier: MIT
#pragma once
#include "lib/db/pool.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

/// The POS database behind the port Source. A snapshot holds one connection of the pool for as long
/// as it lives. Thread-safe; the pool must outlive it.
class PosSource : public Source {
 public:
  explicit PosSource(Pool& pool) : pool_(pool) {}
  std::unique_ptr<SourceSnapshot> snapshot() override;
  std::uint64_t threads_running() override;

 private:
  Pool& pool_;
};

}  // namespace consolidador
