// SPDX-License-Identifier: MIT
#pragma once

namespace consolidador {

/// Exit codes of consolidadord and consolidadorctl; the numbers above 1 are those of sysexits.h.
enum class ExitCode : int {
  ok = 0,
  day_failed = 1,      ///< at least one day is in ERROR or held; the client: it did not succeed
  usage = 64,          ///< the command line is wrong, or asks for what may not be now
  unreachable = 69,    ///< at least one database, for the client the daemon, was not reached
  internal = 70,       ///< a defect of this program, or the machine's own resources
  configuration = 78,  ///< the configuration is wrong
};

}  // namespace consolidador
