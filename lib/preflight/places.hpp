// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/config/config.hpp"
#include "lib/preflight/finding.hpp"

namespace consolidador::preflight {

/// Everything about the POS: server, procedures, grants, and an extraction of today.
void inspect_source(const Config& config, Report& report);

/// Everything about a target, `local` or `vps`, on each of its hosts: server, schema, grants, and
/// the procedures that write, in a transaction that is rolled back.
void inspect_target(const Config& config, const Endpoint& endpoint, const std::string& name,
                    Report& report);

}  // namespace consolidador::preflight
