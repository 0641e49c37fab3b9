// SPDX-License-Identifier: MIT
#include "daemon/service/control.hpp"

#include <fmt/format.h>

namespace consolidador {

void check_reach(const DateRange& range, Date today) {
  if (range.last > today)
    throw RequestRefused(
        fmt::format("{} is in the future: today is {}", to_string(range.last), to_string(today)));
  if (today - range.first > farthest_back)
    throw RequestRefused(
        fmt::format("{} is more than 100 years ago; ask for less", to_string(range.first)));
}

}  // namespace consolidador
