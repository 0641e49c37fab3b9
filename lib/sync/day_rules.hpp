// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "lib/sync/as_sold.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/judgement.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// The other target, as far as it is known.
struct OtherTarget {
  std::shared_ptr<Target> target;  ///< nullptr: cannot be asked now
  std::string name;
  bool known = false;               ///< what its ledger says, now or when it was last seen
  std::optional<DayTotals> ledger;  ///< nothing: it has not the day, or it is not known
  std::optional<DayState> state{};  ///< as read for this day; nothing: it is asked where it matters
  /// Of the same reading of that ledger: its last audit.
  std::optional<DayState::Instant> verified{};
};

/// A person's leave to let a held day shrink to this content.
struct Approval {
  ApprovedLoss loss;  ///< of restore: what is to be written, and what it takes the place of
  std::string actor;
  std::string reason;
};

/// What the configuration says of the lock.
struct LockOptions {
  LockLimits limits;
  MasterData master;
};

/// What decides about a day beside its content.
struct DayRules {
  std::int32_t branch_id = 0;
  std::string actor;  ///< who has asked for the day, for the history; empty: nobody has
  std::string note;   ///< of that person, where the approval has none
  LockLimits limits;
  MasterData master;
  bool ended = true;  ///< the branch's day is over
  /// When it was, by the branch's clock: the first look of a target at the day after that closes
  /// it.
  DayState::Instant end{};
  std::optional<Approval> approval;
  /// Approves whatever would be held, but nothing that the POS has purged (`once --approve-loss`).
  bool approve_all = false;
  /// The most rows that the open day has been proven with in the target; 0: not known.
  std::uint64_t most_rows = 0;
  /// The revision of the target's ledger row as known before the extraction began, 0 for none:
  /// then nobody's newer extraction is written over. Nothing: the target is not shared.
  std::optional<std::uint32_t> revision;
  /// What this process knows that the target was proven to hold; nullptr: nothing.
  std::shared_ptr<const ExtractedDay> confirmed;
  /// What the target held when it was asked before the extraction; nothing: it is asked.
  std::optional<DayState> seen;
  std::optional<OtherTarget> other;  ///< nothing: there is no other target
  /// What this target's ledger said when it was read before, or another's that has lost the day
  /// since: it counts where the target's ledger has not the day.
  std::optional<ProvenDay> remembered;

  /// Nobody has looked at the target's day since it ended, as far as its ledger tells.
  bool first_look_at(const DayState& state) const {
    return ended && state.ledger && state.verified && *state.verified < end;
  }
};

}  // namespace consolidador
