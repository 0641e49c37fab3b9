// SPDX-License-Identifier: MIT
#pragma once
#include "lib/sync/history.hpp"

namespace consolidador::test {

/// The memory of a target, of one day.
class FakeHistory : public HistorySource {
 public:
  std::vector<DayChange> known;
  std::vector<RowChange> rows;
  std::vector<RowChange> notes;

  std::vector<RowChange> noted(Date) override { return notes; }
  std::vector<NotedHands> hands(const DateRange&) override { return {}; }
  std::vector<DayChange> changes(const DateRange&) override { return known; }
  std::optional<std::chrono::system_clock::time_point> begins() override { return {}; }
  std::vector<RowChange> rows_from(Date, std::uint32_t number) override {
    std::vector<RowChange> later;
    for (const RowChange& change : rows)
      if (change.number >= number) later.push_back(change);
    return later;
  }
};

}  // namespace consolidador::test
