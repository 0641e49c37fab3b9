// SPDX-License-Identifier: MIT
#include "lib/preflight/configuration.hpp"

#include <fmt/format.h>

namespace consolidador::preflight {

void inspect_configuration(const Config& config, Report& report) {
  report.enter("configuration");
  report.ok("file", fmt::format("branch {}", config.branch.id));
  if (!config.lock.enabled)
    report.warn(
        "lock",
        "lock.enabled is false: sales that the POS loses, by a purge, a restore or a person, "
        "are deleted in both targets too, and no other copy is left",
        "set lock.enabled: true; what is meant to go, consolidadorctl approve lets go");
}

}  // namespace consolidador::preflight
