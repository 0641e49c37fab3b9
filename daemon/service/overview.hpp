// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "daemon/service/audience.hpp"
#include "daemon/service/kept_lines.hpp"
#include "daemon/service/notifier.hpp"
#include "daemon/service/places.hpp"
#include "daemon/service/schedule.hpp"
#include "daemon/service/standing_store.hpp"
#include "daemon/service/status.hpp"

namespace consolidador {

/// What people see of the service: gathers it from the parts that know it, and tells systemd, the
/// log, the audience and the targets' heartbeats. Loop thread only.
class Overview {
 public:
  /// All of them must outlive this object; it changes none but the places' heartbeats
  /// and the store.
  struct Parts {
    const Branch& branch;
    const Standing& standing;
    StandingStore& store;
    const KeptLines& bitacora;
    const Schedule& schedule;
    const DayBook& book;
    const Holdings& holdings;
    const Extractions& extractions;
    Places& places;
    Notifier& notifier;
    Audience& audience;
  };
  explicit Overview(const Parts& parts) : parts_(parts) {}

  StatusSnapshot status() const;
  DayInfo day(Date date) const;
  std::vector<DayInfo> days(const DateRange& range, std::size_t limit) const;

  /// Something of status() may have changed; a change of the health sends a heartbeat, too.
  void update();
  void send_heartbeats();
  /// On the disk, for the next start.
  void keep_ages(bool at_once = false);

 private:
  HealthVerdict health() const;
  std::string waits(Date date) const;
  void tell_of_change();
  std::vector<TargetStatus> targets() const;

  Parts parts_;
  Health last_health_ = Health::starting;
  Standing::Instant told_of_change_{};  // of the health, by a heartbeat of its own
};

}  // namespace consolidador
