// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lanes/day.hpp"
#include "lib/core/table.hpp"

namespace consolidador {

/// The table that `once` ends with. Days that needed nothing are counted, not listed, when there
/// are more than a screenful.
class Summary {
 public:
  /// `planned`: nothing was written; the columns say what would be.
  explicit Summary(bool planned = false) : planned_(planned) {}

  void add(const DayResult& result);
  /// For a day that was looked at again.
  void replace(const DayResult& result);
  std::string text(const Look& look) const;

  std::size_t failed() const { return count(Estado::error); }
  std::size_t held() const { return count(Estado::held); }

 private:
  std::size_t count(Estado estado) const;
  std::string verdict() const;
  std::string rejected_text() const;
  struct Line {
    Date date;
    Estado estado = Estado::ok;
    std::optional<DayTotals> totals;
    std::string local, vps, note;
    bool news = false;
    bool waits = false;          ///< for a target that may not be asked, or cannot
    std::uint64_t rejected = 0;  ///< rows of the POS that the day is taken without
  };
  Line line_of(const DayResult& result) const;
  bool planned_;
  std::vector<Line> lines_;
};

}  // namespace consolidador
