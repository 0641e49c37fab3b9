// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lib/sync/day_totals.hpp"

namespace consolidador {

/// How much of a proven day a change may take away before a person has to approve it.
struct LockLimits {
  bool enabled = true;
  unsigned rows = 10;           ///< percent of the day's rows
  std::uint64_t min_rows = 20;  ///< so many rows may go whatever part of the day they are
  unsigned amount = 10;         ///< percent of an ended day's units, sales or cost
};

/// Proven content of the day in one target.
struct ProvenDay {
  std::string target;  ///< `local` or `vps`
  DayTotals totals;    ///< as its ledger says
  /// Keys of its rows that the wanted content has not; nothing: unknown, the counts tell the least.
  std::optional<std::uint64_t> rows_going;
};

/// The day as it would be written.
struct WantedDay {
  DayTotals totals;
  bool ended = true;            ///< the branch's day is over
  bool before_horizon = false;  ///< the POS has no sales on this day nor on any before it
  bool approved = false;        ///< a person has approved the loss
};

enum class Verdict {
  write,    ///< nothing is lost, no more than corrections take, or it is approved
  hold,     ///< it would take proven content away: a person has to look
  archive,  ///< the POS keeps the day no longer: the targets are compared with each other
};

struct Judgement {
  Verdict verdict = Verdict::write;
  std::string reason;  ///< of a hold: target, rows and money, for people; else empty
};

/// Whether the wanted content may take the place of what the targets have been proven to hold. It
/// is compared with each of them: the fullest decides. Pure.
Judgement judge(const WantedDay& wanted, std::span<const ProvenDay> proven,
                const LockLimits& limits);

}  // namespace consolidador
