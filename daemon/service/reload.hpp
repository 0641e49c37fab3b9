// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <memory>
#include <string>

#include "daemon/backends.hpp"
#include "daemon/lanes/extractions.hpp"
#include "daemon/lanes/lane_options.hpp"
#include "daemon/service/schedule.hpp"
#include "lib/core/time_zone.hpp"
#include "lib/report/bitacora.hpp"

namespace consolidador {

using Targets = std::map<std::string, std::shared_ptr<Target>>;

/// A configuration and all that is made from it, before anything is changed.
struct Prepared {
  Config config;
  TimeZone zone;
  std::unique_ptr<Bitacora> bitacora;
  std::shared_ptr<Source> source;
  Targets targets;
};

/// Builds everything that `next` needs. Throws ConfigError when `next` is not to be had without a
/// restart, and whatever the parts throw that cannot be made.
Prepared prepare(const Config& current, Config next, const Backends& backends);

/// Local, and the VPS unless the configuration leaves it out.
Targets make_targets(const Config& config, const Backends& backends);

// What each part takes of a configuration.
LaneOptions lane_options(const Config& config);
ExtractionOptions extraction_options(const Config& config);
ScheduleOptions schedule_options(const Config& config);

}  // namespace consolidador
