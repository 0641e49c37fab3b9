// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstddef>
#include <vector>

namespace consolidador {

/// The order in which the nodes of a cluster are tried: as configured, but whoever failed stands
/// behind the others until it has rested. A pure value; the caller brings the clock.
class HostChoice {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds rest{60};

  explicit HostChoice(std::size_t hosts) : rests_until_(hosts, Clock::time_point::min()) {}

  std::size_t count() const noexcept { return rests_until_.size(); }

  /// All hosts: the healthy ones as configured, then the others, the longest rested first.
  std::vector<std::size_t> order(Clock::time_point now) const;

  void failed(std::size_t host, Clock::time_point now) { rests_until_[host] = now + rest; }
  void succeeded(std::size_t host) { rests_until_[host] = Clock::time_point::min(); }

 private:
  std::vector<Clock::time_point> rests_until_;
};

}  // namespace consolidador
