// SPDX-License-Identifier: MIT
#include "lib/core/backoff.hpp"

#include <algorithm>
#include <cstdint>

namespace consolidador {

std::chrono::milliseconds backoff_ceiling(const BackoffPolicy& policy, unsigned failures) noexcept {
  if (failures == 0) return std::chrono::milliseconds::zero();
  auto ceiling = std::max(policy.initial, std::chrono::milliseconds(1));  // so that it can grow
  for (unsigned i = 1; i < failures; ++i) {
    if (ceiling > policy.max / 2) return policy.max;
    ceiling *= 2;
  }
  return std::min(ceiling, policy.max);
}

std::chrono::milliseconds backoff_delay(const BackoffPolicy& policy, unsigned failures,
                                        double random) noexcept {
  const auto ceiling = static_cast<double>(backoff_ceiling(policy, failures).count());
  return std::chrono::milliseconds(static_cast<std::int64_t>(ceiling * random));
}

}  // namespace consolidador
