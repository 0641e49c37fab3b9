// SPDX-License-Identifier: MIT
#include "daemon/service/watchdog.hpp"

#include <algorithm>

#include "lib/core/log.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

// Beyond a unit's deadline: the time in which it notices that its connection was cut, twice.
constexpr auto time_to_notice = 10s;
constexpr SteadyClock::duration longest_inquiry = 120s;

}  // namespace

bool LastUnits::may_feed(bool hung, bool at_work, SteadyClock::time_point now,
                         SteadyClock::duration longest) {
  if (!hung) {
    since_.reset();
    over_ = false;
    return true;
  }
  if (!since_) since_ = now;
  if (!at_work || now - *since_ >= longest) over_ = true;
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
  const SteadyClock::duration unit = parts_.branch.config().timeouts.unit;
  const bool awaited = last_units_.awaited();
  const bool may = last_units_.may_feed(hung, at_work, SteadyClock::now(),
                                        std::max(unit, longest_inquiry) + time_to_notice);
  if (awaited != last_units_.awaited()) let_begin(awaited);
  return may;
}

/// What is begun now would be killed half-way.
void Watchdog::let_begin(bool new_work) {
  if (!new_work)
    log::error("no new day is begun: the service is restarted when the last units have ended");
  parts_.places.pause(!new_work || parts_.standing.paused.has_value());
}

}  // namespace consolidador
