// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/bus/value.hpp"

namespace consolidador::ctl {

// What a daemon has told of itself. Times are microseconds of CLOCK_REALTIME, 0 for never; texts
// are empty and figures 0 where it did not tell: it may be of another version.

struct PlaceStatus {
  std::string name;
  bool up = false;
  std::uint64_t down_since = 0;
  std::uint64_t last_success = 0;
  std::uint64_t pending_days = 0;
  std::uint64_t late_days = 0;
  std::uint64_t retried_days = 0;
  std::uint64_t reconnects = 0;
  std::string error;
};

struct Status {
  std::int32_t branch_id = 0;
  std::string branch_name;
  std::string version;
  std::string state;
  std::string pause_reason;
  std::string health;
  bus::Strings health_reasons;
  bus::Strings modes;
  std::string config_error;
  std::string last_audited_day;
  std::string oldest_pending_day;
  std::string pos_begins_day;
  std::uint64_t started = 0;
  std::uint64_t last_cycle = 0;
  std::uint64_t next_cycle = 0;
  std::uint64_t failed_days = 0;
  std::uint64_t held_days = 0;
  std::uint64_t rejected_days = 0;
  std::uint64_t rejected_rows = 0;
  std::uint64_t archived_days = 0;
  std::uint64_t consecutive_failures = 0;
  std::uint64_t config_generation = 0;
  std::uint64_t cycles = 0;
  std::uint64_t days_synced = 0;
  std::uint64_t rows_synced = 0;
  std::uint64_t reconnects = 0;
  std::vector<PlaceStatus> places;  ///< first the operational database, then the targets

  bool paused() const { return state == "paused"; }
  std::vector<PlaceStatus> targets() const;
};

Status read_status(const bus::Dict& told);

}  // namespace consolidador::ctl
