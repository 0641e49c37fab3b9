// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/date.hpp"

namespace consolidador {

enum class Health {
  ok,        ///< every target has what the POS has
  starting,  ///< not known yet: this process has seen no day get through, and is young
  degraded,  ///< something is late or was refused; people should look today
  failing,   ///< nothing gets through, or days are missing for long: look now
};

std::string_view to_string(Health health) noexcept;

/// A day that failed in a target for a reason which passes, and is tried again.
struct RetriedDay {
  Date date;
  std::chrono::system_clock::time_point since{};  ///< of its first failure
  std::string error;                              ///< of the last
};

/// Why no heartbeat can be left in a target, though it answers.
struct Silence {
  std::chrono::system_clock::time_point since{};
  std::string error;
  bool passes = true;  ///< by itself, perhaps; else a person has to act
};

/// One of the three databases, as the daemon sees it.
struct PlaceStatus {
  using Instant = std::chrono::system_clock::time_point;
  std::string name;
  std::optional<Instant> last_success;  ///< when a day got through, also before a restart
  std::string error;                    ///< of the last attempt; empty when it worked
  bool needs_person = false;            ///< the error does not pass by itself: degraded at once
  std::size_t late_days = 0;            ///< ended days that it should have and has not
  std::optional<Date> oldest_late;
  std::vector<RetriedDay> retried{};
  /// A day to come of which it has rows that its ledger does not know: no day that is brought.
  std::optional<Date> rows_to_come{};
  bool seen = true;  ///< this process has had a success with it
  /// Since when it is known, also before a restart; counts where no day ever got through.
  std::optional<Instant> first_seen{};
  std::size_t overwritten = 0;  ///< within an hour somebody else was seen to write its ledger
  /// When an old day was last verified, or there was one to verify; nothing: none has to be.
  std::optional<Instant> verified{};
  std::optional<Instant> late_since{};  ///< since when it has had late days
  std::optional<Silence> silence{};     ///< nothing: it takes heartbeats
  bool is_source = false;               ///< without it no day gets through to any other
};

struct HealthInput {
  PlaceStatus::Instant now;
  PlaceStatus::Instant started;  ///< of the process
  Date today;
  std::string writing_doubt{};  ///< why nothing is written, such as a wrong clock; empty: it is
  bool paused = false;          ///< no days are brought, so that none is missed
  bool dry_run = false;         ///< nothing is written
  std::string pause_reason{};
  std::vector<PlaceStatus> places;
  std::size_t failed_days = 0;  ///< days in ERROR until a person acts
  std::string first_failure;    ///< `2026-01-05: row 3: ...`
  std::size_t held_days = 0;    ///< days whose loss a person has to approve
  std::string first_hold;  ///< `2026-01-05: 15 of 40 rows in local would go: ...`, and the remedy
  std::size_t rejected_days = 0;    ///< days that are taken without some rows of the POS
  std::uint64_t rejected_rows = 0;  ///< of all these days
  std::string first_rejection{};    ///< `2026-01-05: Upc is empty`
  std::string bitacora_problem{};   ///< why its lines wait; empty: none does
  std::string configuration_error;
  std::chrono::seconds starting_for{600};  ///< from `started` on, at the longest
  std::chrono::seconds degraded_after{1'800};
  std::chrono::seconds failing_after{86'400};
  std::optional<PlaceStatus::Instant> failed_since{};  ///< the oldest of the days in ERROR
  std::string state_problem{};  ///< why what must survive a restart cannot be kept; empty: it can
  std::string history_wait{};   ///< why old days are not read from the POS; empty: they are
};

struct HealthVerdict {
  Health health = Health::ok;
  std::vector<std::string> reasons;  ///< one sentence each, the worst first; empty when ok
  friend bool operator==(const HealthVerdict&, const HealthVerdict&) = default;
};

/// From the age of the last success of each place and the oldest late day, not from being alive.
HealthVerdict judge(const HealthInput& input);

}  // namespace consolidador
