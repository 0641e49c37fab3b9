// SPDX-License-Identifier: MIT
#pragma once
#include "lib/config/config.hpp"
#include "lib/core/date.hpp"
#include "lib/db/connection.hpp"
#include "lib/preflight/finding.hpp"

namespace consolidador::preflight {

// What the service would do with today, done once and left without a trace. Each throws Error where
// the service would fail.

/// Reads the POS's today.
void try_extraction(const Config& config, const ConnectOptions& options, Date today,
                    Report& report);

/// Writes a target's today and rolls that back.
void try_transaction(const Config& config, const ConnectOptions& options, Date today,
                     Report& report);

}  // namespace consolidador::preflight
