// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/lanes/availability.hpp"
#include "daemon/service/control.hpp"
#include "daemon/service/day_book.hpp"
#include "lib/config/config.hpp"

namespace consolidador {

/// What the service knows of itself, beside its databases and its days.
struct Standing {
  using Instant = std::chrono::system_clock::time_point;
  Instant started{};
  bool stopping = false;
  std::optional<std::string> paused;  ///< why; nothing: it is not
  std::optional<Instant> last_cycle;
  std::uint64_t cycles = 0;
  std::uint64_t failed_cycles = 0;  ///< in a row
  std::uint64_t days = 0;           ///< days written or confirmed in a target
  std::uint64_t rows = 0;           ///< rows written
  std::uint64_t generation = 1;     ///< of the configuration
  std::string configuration_error;  ///< why the last reload was refused; empty: it was not
  bool rival = false;               ///< another process has the branch's name on the bus
};

// What people see of it: pure functions.

DaemonState state_of(const Standing& standing, bool idle);

/// What the configuration leaves out or limits: `dry run`, `local only`, `audit off`.
std::vector<std::string> modes_of(const Config& config);

/// Whether a database can be used; what a target has beside that is left empty.
TargetStatus connection_status(const std::string& name, const Availability& availability);

/// The day up to which every target has been audited; nothing: one has not been at all.
std::optional<Date> audited_everywhere(const std::vector<TargetStatus>& targets);

/// The same for the verdict on the health.
PlaceStatus place_status(const TargetStatus& status, const Availability& availability);

/// Adds to `input` the days that are in ERROR and those that are held.
void add_days(HealthInput& input, const DayBook& book);

/// What the heartbeat says of health and days; the machine and the targets' own are left empty.
Heartbeat heartbeat_of(const HealthVerdict& verdict, const DayBook& book,
                       const std::vector<std::string>& modes = {}, bool paused = false);

/// One line for `systemctl status`.
std::string status_line(const StatusSnapshot& status);

}  // namespace consolidador
