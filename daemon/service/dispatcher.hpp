// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/service/cycle.hpp"
#include "daemon/service/requests.hpp"

namespace consolidador {

/// Hands days out to the lanes when they are due, and takes their reports: into the ledgers, the
/// day book, the cycle and the requests. Loop thread only.
class Dispatcher : public LaneListener {
 public:
  /// All of them must outlive this object.
  struct Parts {
    const Branch& branch;
    Standing& standing;
    DayBook& book;
    const Holdings& holdings;
    Extractions& extractions;
    Places& places;
    Requests& requests;
    Overview& overview;
    Audience& audience;
  };
  explicit Dispatcher(const Parts& parts) : parts_(parts) {}

  /// Begins what is due.
  void begin(const Due& due);

  /// Today and the window, in every target; only heartbeats while the service is paused.
  void start_cycle();

  /// A target that is no longer configured.
  void forget_target(const std::string& target);

  // LaneListener
  void day_done(const DayReport& report) override;
  void day_retried(const DayReport& report) override;
  void day_dropped(const std::string& target, Date date) override;
  void lane_up(const std::string& target) override;
  void lane_down(const std::string& target) override;
  void rejected_read(const std::map<Date, Rejections>& days) override;
  void ledger_read(const std::string& target) override;
  void least_verified(const std::string& target, std::vector<Date> days) override;

 private:
  void keep_hours();
  void watch_clock();
  void start_verification();
  std::set<Date> days_in_trouble() const;
  void note_outcome(Place& place, const DayReport& report);
  void tell_of_purge();
  void look_at_unrecorded_days(Place& place);
  void look_at_oldest_day();
  void end_cycle(const std::optional<Cycle::Finished>& finished);

  Parts parts_;
  Cycle cycle_;
  std::optional<Date> told_first_sale_;
  bool clock_doubted_ = false;
};

}  // namespace consolidador
