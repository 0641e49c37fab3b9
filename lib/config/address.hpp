// SPDX-License-Identifier: MIT
#pragma once
#include "lib/config/config.hpp"
#include "lib/config/section.hpp"

namespace consolidador::config {

/// Reads where a database is: host and port, hosts, or socket; exactly one of the three, but the
/// environment's host takes the place of all.
void read_address(const Section& section, Endpoint& endpoint);

}  // namespace consolidador::config
