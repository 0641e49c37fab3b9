// SPDX-License-Identifier: MIT
#pragma once
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "daemon/service/place.hpp"

namespace consolidador {

/// The targets of the configuration, and the lanes of those that are configured no longer and whose
/// last units end. Loop thread only.
class Places {
 public:
  Places(const Branch& branch, Extractions& extractions, Holdings& holdings)
      : branch_(branch), extractions_(extractions), holdings_(holdings) {}

  /// nullptr: it is not configured.
  Place* find(const std::string& name);
  const Place* find(const std::string& name) const;
  auto begin() noexcept { return places_.begin(); }
  auto end() noexcept { return places_.end(); }
  auto begin() const noexcept { return places_.begin(); }
  auto end() const noexcept { return places_.end(); }
  std::size_t size() const noexcept { return places_.size(); }

  Place& add(std::unique_ptr<Lane> lane);
  void remove(const std::string& name);  ///< its lane ends by itself
  void forget_ended();                   ///< lanes of removed places

  // All lanes, those of removed places included.
  void stop();
  void interrupt();
  bool hung();
  bool at_work();  ///< see DbWorkers

  // No lane begins new days, nor one that is added meanwhile, while either is so.
  void pause(bool paused);           ///< a person has paused the branch
  void await_restart(bool awaited);  ///< only the units that run are still to end

  void read_ledgers();  ///< LaneListener::ledger_read() answers; then it is time for plan()
  /// The same; returns when those that are up have answered, or take long. Look again whether a
  /// place is still there.
  Task<> look_at_ledgers();
  /// Each place whose ledger has been read, against the other's that is known; not while the clock
  /// is in doubt.
  void plan();

  bool all_up() const;
  bool idle() const;  ///< nothing is being brought
  bool none_late() const;
  /// The targets that have the day before them.
  std::vector<Outstanding> outstanding(Date date) const;
  /// Of the target that has most of them; see Place::archived().
  std::size_t archived(std::optional<Date> first_sale) const;

 private:
  void tell_lanes();

  const Branch& branch_;
  Extractions& extractions_;
  Holdings& holdings_;
  std::list<Place> places_;
  std::vector<std::unique_ptr<Lane>> retired_;
  bool paused_ = false;
  bool stopped_ = false;
  bool restart_awaited_ = false;
};

}  // namespace consolidador
