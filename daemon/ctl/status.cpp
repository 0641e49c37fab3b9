// SPDX-License-Identifier: MIT
#include "daemon/ctl/status.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;

PlaceStatus read_place(const Dict& told) {
  PlaceStatus place;
  place.name = text(told, "Name");
  place.up = bus::get<bool>(told, "Up");
  place.down_since = number(told, "DownSinceUSec");
  place.last_success = number(told, "LastSuccessUSec");
  place.pending_days = number(told, "PendingDays");
  place.late_days = number(told, "LateDays");
  place.retried_days = number(told, "RetriedDays");
  place.reconnects = number(told, "Reconnects");
  place.error = text(told, "Error");
  return place;
}

void read_texts(const Dict& told, Status& status) {
  status.branch_id = bus::get<std::int32_t>(told, "BranchId");
  status.branch_name = text(told, "BranchName");
  status.version = text(told, "Version");
  status.state = text(told, "State");
  status.pause_reason = text(told, "PauseReason");
  status.health = text(told, "Health");
  status.health_reasons = bus::get<bus::Strings>(told, "HealthReasons");
  status.modes = bus::get<bus::Strings>(told, "Modes");
  status.config_error = text(told, "ConfigError");
  status.last_audited_day = text(told, "LastAuditedDay");
  status.oldest_pending_day = text(told, "OldestPendingDay");
  status.pos_begins_day = text(told, "PosBeginsDay");
}

void read_figures(const Dict& told, Status& status) {
  status.started = number(told, "StartedUSec");
  status.last_cycle = number(told, "LastCycleUSec");
  status.next_cycle = number(told, "NextCycleUSec");
  status.failed_days = number(told, "FailedDays");
  status.held_days = number(told, "HeldDays");
  status.rejected_days = number(told, "RejectedDays");
  status.rejected_rows = number(told, "RejectedRows");
  status.archived_days = number(told, "ArchivedDays");
  status.consecutive_failures = number(told, "ConsecutiveFailures");
  status.config_generation = number(told, "ConfigGeneration");
  status.cycles = number(told, "Cycles");
  status.days_synced = number(told, "DaysSynced");
  status.rows_synced = number(told, "RowsSynced");
  status.reconnects = number(told, "Reconnects");
}

}  // namespace

std::vector<PlaceStatus> Status::targets() const {
  auto targets = places;
  std::erase_if(targets, [](const PlaceStatus& place) { return place.name == "operational"; });
  return targets;
}

Status read_status(const Dict& told) {
  Status status;
  read_texts(told, status);
  read_figures(told, status);
  for (const Dict& place : bus::get<std::vector<Dict>>(told, "Places"))
    status.places.push_back(read_place(place));
  return status;
}

}  // namespace consolidador::ctl
