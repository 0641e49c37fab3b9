// SPDX-License-Identifier: MIT
#include "daemon/service/turns.hpp"

#include <fmt/format.h>

#include <utility>

#include "daemon/service/control.hpp"

namespace consolidador {

Turns::Turns(asio::io_context& loop, const HistoryLimits& limits, std::size_t most_waiting,
             std::string who_wait)
    : gate_(limits), changed_(loop), most_waiting_(most_waiting), who_wait_(std::move(who_wait)) {}

Task<Turns::Turn> Turns::next() {
  if (waiting_ >= most_waiting_)
    throw RequestRefused(fmt::format("{} {}", most_waiting_, who_wait_));
  ++waiting_;
  while (!stopping_ && gate_.opens_at() > SteadyClock::now())
    co_await changed_.wait_until(gate_.opens_at());
  --waiting_;
  if (stopping_) throw RequestRefused("the service is stopping");
  gate_.began();
  began_ = SteadyClock::now();
  co_return Turn(this);
}

void Turns::stop() {
  stopping_ = true;
  changed_.notify();
}

void Turns::end() {
  const auto now = SteadyClock::now();
  gate_.ended(now - began_, now);
  changed_.notify();
}

}  // namespace consolidador
