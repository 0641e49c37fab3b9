// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <vector>

namespace consolidador {

namespace asio = boost::asio;

template <typename T = void>
using Task = asio::awaitable<T>;

using SteadyClock = std::chrono::steady_clock;

/// What a coroutine waits for when it waits for other coroutines: notify() lets everybody go on who
/// waits at that moment. Loop thread only.
class Wakeup {
 public:
  explicit Wakeup(asio::io_context& loop) : timer_(loop, SteadyClock::time_point::max()) {}

  Task<> wait() { return wait_until(SteadyClock::time_point::max()); }

  /// Returns at notify(), or at `limit` at the latest. Always look at the condition again.
  Task<> wait_until(SteadyClock::time_point limit) {
    if (limit == SteadyClock::time_point::max()) {
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      co_return;
    }
    // A timer of its own: moving the shared one's expiry would wake everybody.
    asio::steady_timer own(timer_.get_executor(), limit);
    own_.push_back(&own);
    co_await own.async_wait(asio::as_tuple(asio::use_awaitable));
    std::erase(own_, &own);
  }

  void notify() {
    timer_.cancel();
    for (auto* timer : own_) timer->cancel();
  }

 private:
  asio::steady_timer timer_;
  std::vector<asio::steady_timer*> own_;
};

}  // namespace consolidador
