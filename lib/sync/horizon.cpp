// SPDX-License-Identifier: MIT
#include "lib/sync/horizon.hpp"

#include <algorithm>
#include <chrono>

namespace consolidador {
namespace {

using std::chrono::days;

// Targets may be younger than the POS: a branch that was installed last week has holes, too.
constexpr days further_back{366};
// Where the POS's table has no index on the day, each look at one reads all of it.
constexpr std::chrono::seconds longest_search{20};

bool has_sales(SourceSnapshot& pos, Date date) {
  const SourceTotals totals = pos.audit(date);
  return totals.unidades != Decimal{} || totals.venta != Decimal{} || totals.costo != Decimal{};
}

}  // namespace

bool Horizon::is_before(Date date, Date oldest, Date today, SourceSnapshot& pos) {
  const Date from = std::min(oldest, date) - further_back;
  if (!searched_from_ || from < *searched_from_) {
    *this = {};
    searched_from_ = no_sales_before_ = from;
  }
  if (found_ && no_sales_before_ >= date) {
    if (no_sales_before_ > date) return true;
    found_ = false;  // it had sales, and has none any more
  }
  if (found_ && has_sales(pos, no_sales_before_)) return false;
  found_ = false;
  search(today, pos);
  return found_ && date < no_sales_before_;
}

void Horizon::search(Date today, SourceSnapshot& pos) {
  const auto end = std::chrono::steady_clock::now() + longest_search;
  for (; no_sales_before_ <= today; no_sales_before_ += days(1)) {
    found_ = has_sales(pos, no_sales_before_);
    if (found_ || std::chrono::steady_clock::now() > end) return;
  }
  no_sales_before_ = today;  // it may have some later
}

void Horizon::note_none(Date date) {
  if (date == no_sales_before_) found_ = false;
}

void Horizon::note_sales(Date date) {
  if (searched_from_ && date < no_sales_before_) *this = {};
}

}  // namespace consolidador
