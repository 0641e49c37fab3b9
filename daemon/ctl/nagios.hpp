// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/ctl/figures.hpp"
#include "daemon/ctl/status.hpp"

namespace consolidador::ctl {

/// A check's outcome by the monitoring plugins' guidelines: one line, perfdata behind the bar, and
/// the exit code (0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN).
struct NagiosResult {
  int exit_code = 0;
  std::string line;
};

/// Health ok is OK, degraded WARNING, failing CRITICAL, starting UNKNOWN; a daemon that is paused
/// is never OK.
NagiosResult nagios(const Status& status, Instant now);

/// The daemon does not run (CRITICAL), or nobody could tell (UNKNOWN).
NagiosResult nagios_failure(bool known_not_to_run, const std::string& reason);

}  // namespace consolidador::ctl
