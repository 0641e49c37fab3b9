// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lanes/decisions.hpp"
#include "daemon/lanes/known_days.hpp"
#include "daemon/lanes/loop.hpp"
#include "lib/sync/clock_watch.hpp"
#include "lib/sync/day_rules.hpp"

namespace consolidador {

/// What the targets are known to hold, from their ledgers and from what this process wrote, and
/// with it what people have decided: all that judging a day takes beside its content. Lanes and
/// daemon share it. Loop thread only.
class Holdings {
 public:
  using Instant = DayState::Instant;

  /// `end_of`: when a day of the branch ends; without it every ended day has been looked at since.
  /// `has_rival`: whether another process of this machine serves the branch.
  Holdings(std::int32_t branch_id, const LockOptions& lock, std::function<Date()> today,
           std::function<Instant(Date)> end_of = {}, std::function<bool()> has_rival = {})
      : branch_id_(branch_id),
        lock_(lock),
        today_(std::move(today)),
        end_of_(std::move(end_of)),
        has_rival_(std::move(has_rival)) {}

  void set_lock(const LockOptions& lock) { lock_ = lock; }

  /// A target, or another connection to it: nothing is known of it until its ledger is read.
  void set_target(const std::string& name, std::shared_ptr<Target> target);
  void drop_target(const std::string& name) { targets_.erase(name); }
  /// A target that may not be asked: what it holds is not known.
  void leave_out(const std::string& name);

  /// What it held when it went down still counts as proven.
  void target_down(const std::string& name);
  void ledger_read(const std::string& name, KnownDays days);
  /// This process wrote the day.
  void note_written(const std::string& name, const LedgerDay& day);
  /// Somebody else has written the day: it must be asked for before the next extraction.
  void forget(const std::string& name, Date date);
  void learn(const std::string& name, Date date, const std::vector<LedgerDay>& answer);

  const KnownDays& days(const std::string& name) const;
  bool is_known(const std::string& name) const;
  /// Its ledger has been read at all; what it held when it went down is remembered.
  bool was_read(const std::string& name) const;
  bool is_forgotten(const std::string& name, Date date) const;

  /// Whether a day of this target can be judged: its ledger is known, and what the others hold is
  /// known as well as it can be.
  bool can_judge(const std::string& name) const;

  /// An extraction that began earlier may be older than what somebody else has written.
  SteadyClock::time_point others_wrote_at(const std::string& name, Date date) const;

  /// The revision of the target's ledger row; 0: it has none.
  std::uint32_t revision(const std::string& name, Date date) const;

  /// Everything but the revision, which has to be taken before the extraction.
  DayRules rules(const std::string& name, Date date) const;

  /// The branch's day is over.
  bool has_ended(Date date) const;

  /// Some target's ledger has rows of the day.
  bool has_rows(Date date) const;

  /// Days with rows that a ledger had when it was read before, and no ledger has any more.
  std::vector<Date> vanished() const;

  Date today() const { return today_(); }
  ClockWatch& clocks() noexcept { return clocks_; }
  /// Why nothing may be written now, such as what speaks against this machine's clock; nothing: it
  /// may. While there is something, only today's sales are looked at, which may end it.
  std::optional<std::string> writing_doubt() const;
  /// The same after what the POS has said: a wrong clock would close days that are open.
  std::optional<Error> doubt(const ExtractedDay& day);
  /// The first day of which any target knows; today when none knows any.
  Date oldest() const;

  Decisions& decisions() { return decisions_; }
  const Decisions& decisions() const { return decisions_; }

 private:
  struct Holding {
    std::shared_ptr<Target> target;
    KnownDays days;
    bool seen = false;   ///< read at all
    bool known = false;  ///< read since it was last connected
    bool down = false;
    SteadyClock::time_point read{};
    std::map<Date, std::optional<SteadyClock::time_point>> others;  ///< nothing: not asked yet
  };

  std::optional<ClockWatch::Newest> newest_sales() const;
  const Holding* find(const std::string& name) const;
  void remember(const std::string& name, const LedgerDay& day);

  std::int32_t branch_id_;
  LockOptions lock_;
  std::function<Date()> today_;
  std::function<Instant(Date)> end_of_;
  std::function<bool()> has_rival_;
  ClockWatch clocks_;
  std::optional<Date> found_;  // the newest day with sales when the ledgers were first read
  std::map<std::string, Holding> targets_;
  Decisions decisions_;
  std::map<Date, ProvenDay> remembered_;  ///< with rows, and gone from a ledger since
};

}  // namespace consolidador
