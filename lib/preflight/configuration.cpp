// SPDX-License-Identifier: MIT
#include "lib/preflight/configuration.hpp"

#include <fmt/format.h>

#include "lib/core/duration.hpp"

namespace consolidador::preflight {
namespace {

struct Time {
  std::string_view key;
  std::chrono::seconds value;
};

std::string compared(const Time& time, std::string_view than, const Time& other) {
  return fmt::format("{} ({}) is {} {} ({})", time.key, format_duration(time.value), than,
                     other.key, format_duration(other.value));
}

void compare_times(const Config& config, Report& report) {
  const Time unit{"timeouts.unit", config.timeouts.unit};
  const Time statement{"timeouts.statement", config.timeouts.statement};
  const Time read{"timeouts.read", config.timeouts.read};
  const Time connect{"timeouts.connect", config.timeouts.connect};
  const Time degraded{"health.degraded_after", config.health.degraded_after};
  if (unit.value < statement.value)
    report.warn("times",
                compared(unit, "shorter than", statement) +
                    ": a day is broken off while one of its statements may still run",
                "lengthen timeouts.unit, or shorten timeouts.statement");
  if (statement.value > read.value)
    report.warn("times",
                compared(statement, "longer than", read) +
                    ": the line is cut before the server gives the statement up",
                "shorten timeouts.statement, or lengthen timeouts.read");
  if (connect.value >= degraded.value)
    report.warn("times",
                compared(connect, "not shorter than", degraded) +
                    ": one attempt to connect makes the branch degraded",
                "shorten timeouts.connect, or lengthen health.degraded_after");
}

void look_at_verification(const Config& config, Report& report) {
  if (config.window.reprocess_days == 0 && config.verification.days_per_hour == 0)
    report.warn("verification",
                "window.reprocess_days and verification.days_per_hour are 0: once a day has been "
                "closed nobody looks at it again, and a change of it in the POS is never seen",
                "set verification.days_per_hour to 1 or more");
}

}  // namespace

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
  compare_times(config, report);
  look_at_verification(config, report);
}

}  // namespace consolidador::preflight
