// SPDX-License-Identifier: MIT
#include "daemon/service/watchdog.hpp"

#include "lib/core/log.hpp"

namespace consolidador {

bool LastUnits::may_feed(bool hung, bool at_work) {
  awaited_ = hung;
  over_ = hung && (over_ || !at_work);  // what begins after the last has ended comes too late
  return !over_;
}

Task<> Watchdog::feed() {
  const auto interval = Notifier::watchdog_interval();
  while (interval && !parts_.standing.stopping) {
    if (may_feed()) parts_.notifier.feed_watchdog();
    timer_.expires_after(*interval);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

bool Watchdog::may_feed() {
  const DbWorkers& extracting = parts_.extractions.workers();
  const DbWorkers& asking = parts_.inquiries.workers();
  const bool hung = parts_.places.hung() || extracting.hung() || asking.hung();
  const bool at_work = parts_.places.at_work() || extracting.at_work() || asking.at_work();
  const bool awaited = last_units_.awaited();
  const bool may = last_units_.may_feed(hung, at_work);
  if (awaited != last_units_.awaited()) {
    if (!awaited)
      log::error("no new day is begun: the service is restarted when the last units have ended");
    parts_.places.await_restart(!awaited);
  }
  return may;
}

}  // namespace consolidador
