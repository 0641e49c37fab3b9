// SPDX-License-Identifier: MIT
#include "daemon/lanes/db_workers.hpp"

#include <algorithm>

namespace consolidador {

void DbWorkers::grow_to(std::size_t count) {
  while (workers_.size() < count) workers_.push_back(std::make_unique<DbWorker>(loop_, name_));
}

DbWorker* DbWorkers::find_free(std::size_t count) const {
  for (std::size_t i = 0; i < std::min(count, workers_.size()); ++i)
    if (!workers_[i]->busy()) return workers_[i].get();
  return nullptr;
}

bool DbWorkers::hung() const {
  return std::ranges::any_of(workers_, [](const auto& worker) { return worker->hung(); });
}

bool DbWorkers::at_work() const {
  return std::ranges::any_of(workers_,
                             [](const auto& worker) { return worker->busy() && !worker->hung(); });
}

void DbWorkers::interrupt() {
  for (auto& worker : workers_) worker->interrupt();
}

}  // namespace consolidador
