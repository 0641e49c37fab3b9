// SPDX-License-Identifier: MIT
#include "lib/db/host_choice.hpp"

#include <algorithm>
#include <numeric>

namespace consolidador {

std::vector<std::size_t> HostChoice::order(Clock::time_point now) const {
  std::vector<std::size_t> hosts(count());
  std::iota(hosts.begin(), hosts.end(), std::size_t{0});
  std::ranges::stable_sort(hosts, {}, [&](auto host) { return std::max(rests_until_[host], now); });
  return hosts;
}

}  // namespace consolidador
