// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/config/config.hpp"
#include "lib/preflight/finding.hpp"

namespace consolidador::preflight {

/// Everything about the POS: server, procedures, grants, and an extraction of today.
void inspect_source(const Config& config, Report& report);

/// Everything about local and, unless it is left out, the VPS, on each of their hosts: server,
/// schema, grants, and the procedures that write, in a transaction that is rolled back; and whether
/// the VPS is a server of its own.
void inspect_targets(const Config& config, Report& report);

}  // namespace consolidador::preflight
