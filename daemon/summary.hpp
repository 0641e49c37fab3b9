// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/lanes/day.hpp"
#include "lib/core/table.hpp"

namespace consolidador {

/// The table that `once` ends with. Days that needed nothing are counted, not listed, when there
/// are more than a screenful.
class Summary {
 public:
  void add(const DayResult& result);
  /// `planned`: nothing was written; the columns say what would be.
  std::string text(bool planned, const Look& look) const;

  std::size_t failed() const noexcept { return failed_; }
  std::size_t held() const noexcept { return held_; }

 private:
  std::string verdict() const;
  struct Line {
    std::string date, rows, sales, local, vps, note;
    bool news = false;
  };
  std::vector<Line> lines_;
  std::size_t failed_ = 0;
  std::size_t held_ = 0;
  std::uint64_t rows_ = 0;
  Decimal sales_;
};

}  // namespace consolidador
