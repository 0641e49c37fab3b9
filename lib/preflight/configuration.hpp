// SPDX-License-Identifier: MIT
#pragma once
#include "lib/config/config.hpp"
#include "lib/preflight/finding.hpp"

namespace consolidador::preflight {

/// What the configuration itself says that somebody should know, no database asked.
void inspect_configuration(const Config& config, Report& report);

}  // namespace consolidador::preflight
