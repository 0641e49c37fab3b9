// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>

#include "lib/core/backoff.hpp"
#include "lib/core/error.hpp"

namespace consolidador {

struct RetryOptions {
  unsigned attempts = 3;  ///< at least 1
  BackoffPolicy backoff;
  std::function<void(std::chrono::milliseconds)> sleep;  ///< waits; tests advance a clock instead
  std::function<double()> random;                        ///< uniform in [0, 1)
};

/// Runs `unit`, a whole unit of work that is safe to repeat, until it succeeds, a permanent Error
/// is thrown, or the attempts are used up; then the last Error is thrown on. `on_retry` is told
/// each error that will be followed by another attempt, and the wait before it. Returns the
/// attempts.
unsigned retrying(const RetryOptions& options, const std::function<void()>& unit,
                  const std::function<void(const Error&, std::chrono::milliseconds)>& on_retry);

}  // namespace consolidador
