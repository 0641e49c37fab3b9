// SPDX-License-Identifier: MIT
#include "daemon/lanes/day.hpp"

namespace consolidador {

bool is_change(DayAction action) noexcept {
  switch (action) {
    case DayAction::unchanged:
    case DayAction::archived:
    case DayAction::held:
    case DayAction::postponed:
      return false;
    default:
      return true;
  }
}

}  // namespace consolidador
