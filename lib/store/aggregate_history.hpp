// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/db/pool.hpp"
#include "lib/db/statement.hpp"
#include "lib/sync/history.hpp"

namespace consolidador {

/// The memory of an aggregate database behind the port HistorySource, for one branch. Thread-safe;
/// the pool must outlive it.
class AggregateHistory : public HistorySource {
 public:
  AggregateHistory(Pool& pool, std::int32_t branch_id) : pool_(pool), branch_id_(branch_id) {}

  std::vector<DayChange> changes(const DateRange& range) override;
  std::vector<RowChange> rows_from(Date date, std::uint32_t number) override;
  std::optional<std::chrono::system_clock::time_point> begins() override;
  std::vector<RowChange> noted(Date date) override;
  std::vector<NotedHands> hands(const DateRange& range) override;

 private:
  template <typename Answer>
  std::vector<Answer> read(std::string_view sql, const std::vector<Value>& arguments,
                           Answer (*read_one)(std::span<const Rows::Cell>));

  Pool& pool_;
  std::int32_t branch_id_;
};

}  // namespace consolidador
