// SPDX-License-Identifier: MIT
#include "daemon/service/reload.hpp"

#include <fmt/format.h>

#include "daemon/logging.hpp"
#include "lib/store/audit_options.hpp"
#include "lib/store/machine.hpp"

namespace consolidador {
namespace {

void check_unchanged(const Config& current, const Config& next) {
  if (next.branch.id != current.branch.id)
    throw ConfigError(fmt::format("branch.id: cannot change from {} to {} while running; restart",
                                  current.branch.id, next.branch.id));
  if (next.paths.state != current.paths.state)
    throw ConfigError(fmt::format("paths.state: cannot change from {} to {} while running; restart",
                                  current.paths.state.string(), next.paths.state.string()));
}

}  // namespace

Prepared prepare(const Config& current, Config next, const Backends& backends) {
  check_unchanged(current, next);
  make_log_folder(next);
  const TimeZone zone(next.branch.time_zone);
  auto bitacora = std::make_unique<Bitacora>(next.paths.bitacora());
  auto source = backends.source(next);
  auto targets = make_targets(next, backends);
  return {std::move(next), zone, std::move(bitacora), std::move(source), std::move(targets)};
}

Targets make_targets(const Config& config, const Backends& backends) {
  Targets targets{{"local", backends.target(config, "local")}};
  if (!config.local_only) targets.emplace("vps", backends.target(config, "vps"));
  return targets;
}

LaneOptions lane_options(const Config& config) {
  LaneOptions options{config.pool.size, config.timeouts.unit, config.retry.backoff, config.dry_run,
                      this_machine()};
  options.statement = config.timeouts.statement;
  return options;
}

ExtractionOptions extraction_options(const Config& config) {
  return {
      config.branch.id,
      audit_options(config),
      config.timeouts.unit,
      config.retry.backoff,
      config.pool.size,
      {config.extraction.parallel, config.extraction.share, config.extraction.max_threads_running},
      config.timeouts.statement};
}

ScheduleOptions schedule_options(const Config& config) {
  return {config.schedule.every, config.schedule.close_at, config.verification.days_per_hour,
          config.branch.id};
}

}  // namespace consolidador
