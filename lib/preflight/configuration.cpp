// SPDX-License-Identifier: MIT
#include "lib/preflight/configuration.hpp"

#include <fmt/format.h>

namespace consolidador::preflight {

void inspect_configuration(const Config& config, Report& report) {
  report.enter("configuration");
  report.ok("file", fmt::format("branch {}", config.branch.id));
  if (config.dry_run)
    report.warn("dry_run", "dry_run is true: nothing is written to any target",
                "set dry_run: false when the trial is over");
  if (config.local_only)
    report.warn("local_only",
                "local_only is true: the VPS is neither written nor looked at, head office gets "
                "nothing of this branch",
                "set local_only: false when the VPS may be written");
  if (!config.audit.enabled)
    report.warn("audit",
                "audit.enabled is false: what the POS gives is compared with nothing, a day that "
                "was read while a till sold may be incomplete",
                "set audit.enabled: true");
  if (!config.lock.enabled)
    report.warn(
        "lock",
        "lock.enabled is false: sales that the POS loses, by a purge, a restore or a person, "
        "are deleted in both targets too, and no other copy is left",
        "set lock.enabled: true; what is meant to go, consolidadorctl approve lets go");
}

}  // namespace consolidador::preflight
