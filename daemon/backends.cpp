// SPDX-License-Identifier: MIT
#include "daemon/backends.hpp"

#include "lib/store/aggregate_history.hpp"
#include "lib/store/aggregate_target.hpp"
#include "lib/store/endpoint.hpp"
#include "lib/store/pos_products.hpp"
#include "lib/store/pos_source.hpp"

namespace consolidador {
namespace {

struct PooledSource {
  explicit PooledSource(const Config& config)
      : pool(source_connection(config), pool_options(config)), source(pool) {}
  Pool pool;
  PosSource source;
};

struct PooledProducts {
  explicit PooledProducts(const Config& config)
      : pool(product_connection(config), pool_options(config)), products(pool) {}
  Pool pool;
  PosProducts products;
};

struct PooledTarget {
  PooledTarget(const Config& config, const std::string& name)
      : pool(target_connection(config, name == "vps" ? config.vps : config.local, name),
             pool_options(config)),
        target(pool, config.branch.id, {config.upsert.batch_size}),
        history(pool, config.branch.id) {}
  Pool pool;
  AggregateTarget target;
  AggregateHistory history;
};

}  // namespace

LockOptions lock_options(const Config& config) {
  const LockConfig& lock = config.lock;
  return {{lock.enabled, lock.rows, lock.min_rows, lock.amount},
          {lock.as_sold.supplier, lock.as_sold.department, lock.as_sold.category,
           lock.as_sold.subcategory}};
}

Backends database_backends() {
  return {[](const Config& config) -> std::shared_ptr<Source> {
            const auto pooled = std::make_shared<PooledSource>(config);
            return {pooled, &pooled->source};
          },
          [](const Config& config, const std::string& name) -> std::shared_ptr<Target> {
            const auto pooled = std::make_shared<PooledTarget>(config, name);
            return {pooled, &pooled->target};
          },
          [](const Config& config, const std::string& name) -> Reading {
            const auto pooled = std::make_shared<PooledTarget>(config, name);
            return {{pooled, &pooled->target}, {pooled, &pooled->history}};
          },
          [](const Config& config) -> std::shared_ptr<ProductNames> {
            const auto pooled = std::make_shared<PooledProducts>(config);
            return {pooled, &pooled->products};
          }};
}

}  // namespace consolidador
