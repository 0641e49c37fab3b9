// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "daemon/lanes/db_worker.hpp"

namespace consolidador {

/// All workers of one database. Loop thread only.
class DbWorkers {
 public:
  DbWorkers(asio::io_context& loop, std::string name) : loop_(loop), name_(std::move(name)) {}

  /// Starts as many as are missing; nobody who has begun to work is taken away.
  void grow_to(std::size_t count);

  std::size_t size() const noexcept { return workers_.size(); }
  DbWorker& operator[](std::size_t index) { return *workers_[index]; }

  /// One of the first `count` that has nothing to do; nullptr: there is none.
  DbWorker* find_free(std::size_t count) const;

  /// See DbWorker: any of them hangs; all of them are interrupted.
  bool hung() const;
  bool at_work() const;  ///< any of them works within its deadline
  void interrupt();

 private:
  asio::io_context& loop_;
  std::string name_;
  std::vector<std::unique_ptr<DbWorker>> workers_;
};

}  // namespace consolidador
