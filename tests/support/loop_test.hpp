// SPDX-License-Identifier: MIT
#pragma once
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

#include "daemon/lanes/loop.hpp"

namespace consolidador::test {

/// Runs a coroutine, a function without captures, to its end; what it throws is thrown here.
template <typename Context>
void run_on_loop(asio::io_context& loop, Context& context, Task<> (*script)(Context&)) {
  std::exception_ptr failure;
  asio::co_spawn(loop, script(context), [&](const std::exception_ptr& error) {
    failure = error;
    loop.stop();
  });
  loop.restart();
  loop.run();
  if (failure) std::rethrow_exception(failure);
}

/// What a task gives, or throws, that a test begins outside of the loop.
template <typename T>
T result_of(asio::io_context& loop, Task<T> task) {
  std::exception_ptr failure;
  std::optional<T> result;
  asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& error, T value) {
    failure = error;
    result = std::move(value);
  });
  loop.restart();
  while (!result) loop.run_one();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

/// Lets the loop go round until `condition` holds.
inline Task<> until(asio::io_context& loop, std::function<bool()> condition) {
  const auto limit = SteadyClock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (SteadyClock::now() > limit) throw std::runtime_error("what was waited for did not happen");
    co_await asio::post(loop, asio::use_awaitable);
  }
}

/// What a script expects.
inline void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

}  // namespace consolidador::test
