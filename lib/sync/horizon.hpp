// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>

#include "lib/core/date.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

/// What is known of the POS's first day with sales. A value; it grows from look to look.
class Horizon {
 public:
  /// Nothing: not found, or not looked for yet.
  std::optional<Date> first_sale() const {
    return found_ ? std::optional(no_sales_before_) : std::nullopt;
  }

  /// Whether the POS has no sales on any day before `date`, itself a day without any. Looks from a
  /// year before `oldest` on, the first day of which any target knows; each day once as long as
  /// this value lives. A POS without any sales up to `today` has no horizon: false. So is an answer
  /// that would take too long; the next look goes on where this one ended.
  bool is_before(Date date, Date oldest, Date today, SourceSnapshot& pos);

  /// The POS has sales on this day.
  void note_sales(Date date);
  /// It has none.
  void note_none(Date date);

 private:
  void search(Date today, SourceSnapshot& pos);

  std::optional<Date> searched_from_;
  Date no_sales_before_{};  ///< of the days since searched_from_
  bool found_ = false;      ///< and on that day there are some
};

/// How extract() tells a day that the POS has purged from a hole.
struct HorizonSearch {
  Horizon horizon;
  Date today;                    ///< in the branch
  std::function<Date()> oldest;  ///< the first day of which any target knows
};

}  // namespace consolidador
