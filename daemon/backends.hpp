// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "lib/config/config.hpp"
#include "lib/store/machine.hpp"
#include "lib/sync/day_rules.hpp"
#include "lib/sync/history.hpp"
#include "lib/sync/product_names.hpp"
#include "lib/sync/source.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// A target that is only looked at, with its memory; the same connection pool serves both.
struct Reading {
  std::shared_ptr<Target> target;
  std::shared_ptr<HistorySource> history;
};

/// Where the daemon gets its ports from; tests bring their own. Each object keeps alive what it
/// needs (its connection pool), so that after a reload the old ones end with their last user.
struct Backends {
  std::function<std::shared_ptr<Source>(const Config&)> source;
  std::function<std::shared_ptr<Target>(const Config&, const std::string& name)> target;
  std::function<Reading(const Config&, const std::string& name)> reading;
  std::function<std::shared_ptr<ProductNames>(const Config&)> products{};
};

/// What the configuration says of the lock.
LockOptions lock_options(const Config& config);

/// The real ones, over MariaDB. Opening a pool does not connect.
Backends database_backends();

}  // namespace consolidador
