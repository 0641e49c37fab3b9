// SPDX-License-Identifier: MIT
#include "daemon/lanes/own_days.hpp"

namespace consolidador {

void OwnDays::begin(Date date) {
  under_way_.insert(date);
  newer_.insert(date);
  if (date >= marked_from_) ++marked_;
}

std::function<bool()> OwnDays::none_since_now() const {
  const bool busy = under_way_.lower_bound(marked_from_) != under_way_.end();
  return [this, begun = marked_, busy] { return !busy && marked_ == begun; };
}

}  // namespace consolidador
