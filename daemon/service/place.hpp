// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/lanes/lane.hpp"
#include "daemon/service/branch.hpp"
#include "daemon/service/control.hpp"
#include "daemon/service/day_book.hpp"
#include "daemon/service/planner.hpp"

namespace consolidador {

/// One target as the service sees it: its lane, and what its ledger has, lacks and has not had
/// verified. Loop thread only.
class Place {
 public:
  Place(std::unique_ptr<Lane> lane, const Branch& branch, Holdings& holdings)
      : lane_(std::move(lane)), branch_(branch), holdings_(holdings), verified_(branch.now()) {}

  const std::string& name() const noexcept { return lane_->name(); }
  Lane& lane() noexcept { return *lane_; }
  const Lane& lane() const noexcept { return *lane_; }
  bool up() const noexcept { return lane_->availability().up(); }

  /// What the ledger is known to say; ledger_known(): it has been read since the target was last
  /// connected.
  const KnownDays& ledger() const { return holdings_.days(name()); }
  bool ledger_known() const { return holdings_.is_known(name()); }

  /// Hands the lane what the ledger lacks, and takes back what it lacks no longer. `other`: the
  /// other target, where its ledger is known; `first_sale`: the POS's, where that is known.
  void plan(const Place* other, std::optional<Date> first_sale);

  /// What the outcome of a day says about the ledger.
  void learn_from(const DayReport& report);

  /// Asks which day was verified least recently; `troubled` days have no turn.
  void ask_for_verification(std::size_t troubled);
  /// The answer: the first that is not in trouble and could be proven when it was last its turn.
  void verify_next(const std::vector<Date>& days, const std::set<Date>& troubled);

  /// When it was last the turn of a day that then was verified; before that, when it was first seen
  /// that some day could be.
  Branch::Instant verified() const noexcept { return verified_; }
  void remember_verified(Branch::Instant when) noexcept { verified_ = when; }
  /// There are days before the window.
  bool has_old_days() const;

  /// Of the branch's heartbeat, what differs from target to target is filled in here.
  void beat(Heartbeat heartbeat);
  void take_over();

  std::size_t late() const noexcept { return late_.size(); }
  /// Since when there have been some, also before a restart.
  std::optional<Branch::Instant> late_since() const noexcept { return late_since_; }
  void remember_late(std::optional<Branch::Instant> since) noexcept { late_since_ = since; }
  std::optional<Date> oldest_late() const;
  /// The last closed day before which there is no gap: each was audited after its end and the
  /// closing time, is not late, does not wait to be tried again, and is none of `troubled`; nor
  /// does another target hold an older one. Days of the configured history that are still to come
  /// are no gap.
  std::optional<Date> last_audited(const std::set<Date>& troubled = {}) const;
  /// Days before the POS's first day with sales; none while that is not known.
  std::size_t archived(std::optional<Date> first_sale) const;

  /// Of a day that waits for it.
  Outstanding outstanding(Date date) const;

  /// `troubled`: see last_audited().
  TargetStatus status(const std::set<Date>& troubled = {}) const;
  DayInTarget day(Date date, std::optional<Date> first_sale) const;

  /// Stops the lane and gives it away; the place is good for nothing any more.
  std::unique_ptr<Lane> close();

 private:
  PlanInput plan_input(std::optional<Date> first_sale) const;
  std::vector<RetriedDay> retried() const;
  void note_lateness();
  void note_caught_up(Date date);
  void follow_audited(Date date);
  void advance_audited();
  bool is_closed(const LedgerDay& day) const;
  void note_seen(const DayReport& report);

  std::unique_ptr<Lane> lane_;
  const Branch& branch_;
  Holdings& holdings_;
  std::set<Date> late_;  // ended days that it should have and has not
  std::optional<Branch::Instant> late_since_;
  std::size_t caught_up_ = 0;         // of them, since the last time that there were none
  std::optional<DateRange> audited_;  // from the ledger's first day on
  Branch::Instant verified_;
  std::set<Date> not_audited_;  // looked at by turns, and not to be proven now
};

}  // namespace consolidador
