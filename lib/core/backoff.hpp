// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <random>

namespace consolidador {

/// Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter"): the wait
/// before attempt n+1 is uniform in [0, min(max, initial * 2^(n-1))]. The cap stays low because a
/// shop's link may be up for minutes only.
struct BackoffPolicy {
  std::chrono::milliseconds initial{5'000};
  std::chrono::milliseconds max{300'000};
};

/// The longest wait after `failures` consecutive failures (1 = the first). 0 failures: no wait.
std::chrono::milliseconds backoff_ceiling(const BackoffPolicy& policy, unsigned failures) noexcept;

/// The wait itself; `random` is uniform in [0, 1).
std::chrono::milliseconds backoff_delay(const BackoffPolicy& policy, unsigned failures,
                                        double random) noexcept;

/// A policy with randomness of its own. One thread.
class Backoff {
 public:
  explicit Backoff(const BackoffPolicy& policy) : policy_(policy) {}
  void set_policy(const BackoffPolicy& policy) { policy_ = policy; }
  std::chrono::milliseconds delay(unsigned failures) {
    return backoff_delay(policy_, failures, std::uniform_real_distribution<double>()(random_));
  }

 private:
  BackoffPolicy policy_;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace consolidador
