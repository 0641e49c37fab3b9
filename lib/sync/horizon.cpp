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
// A backup restored into the POS makes days before its horizon holes.
constexpr std::chrono::hours good_for{1};

class AnyRow : public SalesVisitor {
 public:
  void columns(std::span<const std::string>) override {}
  void row(std::span<const Cell>) override { seen = true; }
  bool seen = false;
};

/// A ticket and its cancellation add up to nothing, but they are sales.
bool has_sales(SourceSnapshot& pos, Date date) {
  const SourceTotals totals = pos.audit(date);
  if (totals.unidades != Decimal{} || totals.venta != Decimal{} || totals.costo != Decimal{})
    return true;
  AnyRow rows;
  pos.read_sales(date, rows);
  return rows.seen;
}

/// Where a look for the first sale has ended.
struct Look {
  Date date;               ///< no day before it has sales
  bool has_sales = false;  ///< and this one has; else the next to look at
};

Look look_for_sales(Date date, Date end, SourceSnapshot& pos) {
  const auto latest = std::chrono::steady_clock::now() + longest_search;
  for (; date < end; date += days(1)) {
    if (has_sales(pos, date)) return {date, true};
    if (std::chrono::steady_clock::now() > latest) return {date + days(1), false};
  }
  return {end, false};
}

}  // namespace

bool Horizon::is_before(Date date, Date oldest, Date today, SourceSnapshot& pos, Instant now) {
  const Date from = std::min(oldest, date) - further_back;
  if (!searched_from_ || from < *searched_from_) {
    *this = {};
    searched_from_ = no_sales_before_ = from;
  }
  if (found_ && now >= look_again_at_) look_again(pos, now);
  if (found_ && no_sales_before_ >= date) {
    if (no_sales_before_ > date) return true;
    found_ = false;  // it had sales, and has none any more
  }
  if (found_ && has_sales(pos, no_sales_before_)) return false;
  found_ = false;
  search(today, pos);
  if (found_) look_again_at_ = now + good_for;
  seen_again_ = *searched_from_;
  return found_ && date < no_sales_before_;
}

void Horizon::search(Date today, SourceSnapshot& pos) {
  const Look look = look_for_sales(no_sales_before_, today + days(1), pos);
  found_ = look.has_sales;
  no_sales_before_ = std::min(look.date, today);  // today may have some later
}

void Horizon::look_again(SourceSnapshot& pos, Instant now) {
  look_again_at_ = now + good_for;
  const Look look = look_for_sales(seen_again_, no_sales_before_, pos);
  seen_again_ = look.date;
  if (look.has_sales) no_sales_before_ = look.date;
  if (seen_again_ >= no_sales_before_) seen_again_ = *searched_from_;
}

void Horizon::found_none(Date date) {
  if (date == no_sales_before_) found_ = false;
}

void Horizon::found_sales(Date date) {
  if (searched_from_ && date < no_sales_before_) *this = {};
}

}  // namespace consolidador
