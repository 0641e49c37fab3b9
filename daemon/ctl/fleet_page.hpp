// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/ctl/figures.hpp"
#include "lib/store/fleet.hpp"

namespace consolidador::ctl {

/// The fleet as one HTML page that needs nothing else: no script, no font, no image. Today's
/// lights, and for each branch a strip of so many days that ends with today. Fits a telephone.
std::string fleet_page(const Fleet& fleet, Instant now, unsigned calendar_days);

}  // namespace consolidador::ctl
