// SPDX-License-Identifier: MIT
#include "daemon/lanes/history_gate.hpp"

namespace consolidador {

void HistoryGate::ended(SteadyClock::duration took, Instant now) {
  --running_;
  close_until(now + took * (100 - limits_.share) / limits_.share);
}

}  // namespace consolidador
