// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lib/core/date.hpp"
#include "lib/sync/day_totals.hpp"

namespace consolidador {

/// How much of a proven day a change may take away before a person has to approve it.
struct LockLimits {
  bool enabled = true;
  unsigned rows = 10;           ///< percent of the day's rows, 0 to 100
  std::uint64_t min_rows = 20;  ///< so many rows may go whatever part of the day they are
  unsigned amount = 10;         ///< percent of an ended day's units, sales or cost, 0 to 100
};

/// Proven content of the day in one target.
struct ProvenDay {
  std::string target;  ///< `local` or `vps`
  DayTotals totals;
  /// Keys of its rows that the wanted content has not; nothing: unknown, the counts tell the least.
  std::optional<std::uint64_t> rows_going{};
  bool intact = true;  ///< as far as is known, its rows are those of its ledger
  /// Of which of its contents it is, for people: `'s rows`; empty: what its ledger says now.
  std::string aspect{};
  /// Of the rows that go, those that the POS now gives as rows that cannot be taken: sold, and not
  /// corrected away.
  std::uint64_t gone_bad = 0;

  std::string name() const { return target + aspect; }
};

/// A person's leave to let a held day shrink: to this content, from no more than was shown.
struct ApprovedLoss {
  DayTotals content;
  DayTotals shown;  ///< the fullest of what was shown to go
};

/// The day as it would be written.
struct WantedDay {
  Date date;
  DayTotals totals;
  bool ended = true;            ///< the branch's day is over
  bool before_horizon = false;  ///< the POS has no sales on this day nor on any before it
  std::optional<ApprovedLoss> approved{};
  bool closes = false;  ///< the target is looked at for the first time since the day ended
};

enum class Verdict {
  write,    ///< nothing is lost, no more than corrections take, or it is approved
  hold,     ///< it would take proven content away: a person has to look
  archive,  ///< the POS keeps the day no longer: the targets are compared with each other
};

/// What a change would take away from the fullest proven content.
struct Loss {
  std::string target;            ///< which holds it, for people
  std::uint64_t rows_going = 0;  ///< at least
  DayTotals held;
  DayTotals wanted;
  DayTotals most{};            ///< the largest figures of all that was proven; no Huella
  std::uint64_t gone_bad = 0;  ///< of the rows that go, see ProvenDay
};

/// The answer `write`, as a value: without one no target begins a transaction. Only judge() makes
/// it, and it is good for one content of one day.
class Permit {
 public:
  bool covers(Date date, const DayTotals& totals) const {
    return date_ == date && totals_ == totals;
  }
  Date date() const noexcept { return date_; }
  bool approved() const noexcept { return approved_; }  ///< a person has: what was more is past
  bool closed() const noexcept { return closed_; }  ///< takes the place of a closed day's content
  bool closes() const noexcept { return closes_; }  ///< closes the day: nothing of it is a change

 private:
  friend struct Judgement;
  Permit(const WantedDay& wanted, bool approved, bool closed)
      : date_(wanted.date),
        totals_(wanted.totals),
        approved_(approved),
        closed_(closed),
        closes_(wanted.closes && !closed) {}
  Date date_;
  DayTotals totals_;
  bool approved_;
  bool closed_;
  bool closes_;
};

struct Judgement {
  Verdict verdict = Verdict::hold;
  std::string reason;            ///< of a hold, for people: target, rows and money; else empty
  std::optional<Loss> loss;      ///< of a hold that takes something away
  bool conflict = false;         ///< of a hold: the targets hold different rows, and the POS none
  std::optional<Permit> permit;  ///< of `write` only

 private:
  friend Judgement judge(const WantedDay& wanted, std::span<const ProvenDay> proven,
                         const LockLimits& limits);
  static Judgement written(const WantedDay& wanted, std::span<const ProvenDay> proven,
                           bool approved);
};

/// Some figure of it is larger.
bool is_more_than(const DayTotals& one, const DayTotals& other);

/// The larger of each figure; no Huella.
DayTotals larger_of(const DayTotals& one, const DayTotals& other);

/// Whether the wanted content may take the place of what the targets have been proven to hold. It
/// is compared with each of them: the fullest decides. Pure.
Judgement judge(const WantedDay& wanted, std::span<const ProvenDay> proven,
                const LockLimits& limits);

}  // namespace consolidador
