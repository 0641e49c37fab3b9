// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>

#include "lib/core/date.hpp"
#include "lib/sync/source.hpp"

namespace consolidador {

/// What is known of the POS's first day with sales. A value; it grows from look to look.
class Horizon {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// Nothing: not found, or not looked for yet.
  std::optional<Date> first_sale() const {
    return found_ ? std::optional(no_sales_before_) : std::nullopt;
  }

  /// Whether the POS has no sales on any day before `date`, itself a day without any. Looks from a
  /// year before `oldest` on, the first day of which any target knows. A POS without any sales up
  /// to `today` has no horizon: false. So is an answer that would take too long; the next look goes
  /// on where this one ended. What was found is looked at again each hour, for the POS may have got
  /// older days back; until that is done it counts.
  bool is_before(Date date, Date oldest, Date today, SourceSnapshot& pos,
                 Instant now = std::chrono::steady_clock::now());

  /// The POS has sales on this day.
  void found_sales(Date date);
  /// It has none.
  void found_none(Date date);

 private:
  void search(Date today, SourceSnapshot& pos);
  void look_again(SourceSnapshot& pos, Instant now);

  std::optional<Date> searched_from_;
  Date no_sales_before_{};  ///< of the days since searched_from_
  bool found_ = false;      ///< and on that day there are some
  Date seen_again_{};       ///< the days before it have none still
  Instant look_again_at_{};
};

/// How extract() tells a day that the POS has purged from a hole.
struct HorizonSearch {
  Horizon horizon;
  Date today;                    ///< in the branch
  std::function<Date()> oldest;  ///< the first day of which any target knows
};

}  // namespace consolidador
