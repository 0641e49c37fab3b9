// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lanes/day.hpp"
#include "daemon/lanes/day_allowance.hpp"
#include "lib/core/error.hpp"
#include "lib/sync/clock_watch.hpp"
#include "lib/sync/day_sync.hpp"
#include "lib/sync/retry.hpp"

namespace consolidador {

struct OnceDaysOptions {
  std::int32_t branch_id = 0;
  Date today;                                       ///< in the branch
  std::function<DayState::Instant(Date)> end_of{};  ///< when a day of the branch ends
  LockOptions lock;
  /// What is held is written all the same, for this reason by this login; empty: it is not.
  std::string approve_loss;
  std::string actor;
  Machine machine;         ///< whose mark the targets must bear
  bool take_over = false;  ///< leaves it, whoever left one before
  SourceAuditOptions audit;
  SyncMode mode = SyncMode::write;
  /// Audit only: a target that is not up to date fails the day.
  bool differences_are_errors = false;
  std::string left_out;  ///< the target that this run may not ask; empty: there is none
  RetryOptions retry;
  std::chrono::seconds statement{50};       ///< on a server; more for large days
  std::chrono::milliseconds unit{900'000};  ///< a day in a database, whole; more for large days
};

/// Processes days one after the other, in one thread: extraction, then each target. What fails in
/// one place does not keep the others from going on. What a database has not ended in time is cut
/// off. One that could not be reached, or has not answered in time, is not asked again before
/// `retry.backoff.max` has passed; until then its days fail at once.
class OnceDays {
 public:
  OnceDays(OnceDaysOptions options, std::shared_ptr<Source> source,
           std::vector<std::shared_ptr<Target>> targets);

  /// Never throws an Error: failures are in the result.
  DayResult run(Date date);

  /// The POS's first day with sales; nothing: not known yet, and days without sales that a target
  /// has are held, purged or not.
  std::optional<Date> first_sale() const { return horizon_.first_sale(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Gate {
    explicit Gate(const TimeLimits& limits) : allowance(limits) {}
    DayAllowance allowance;
    std::optional<Error> failure;
    Clock::time_point closed_until{};
  };

  using States = std::vector<std::optional<DayState>>;  ///< nothing: cannot be asked
  States look(DayResult& result);
  void claim(std::size_t i);
  void hear_of_sales_to_come(const ExtractedDay& day);
  bool clock_is_doubted(const ExtractedDay& day, DayResult& result);
  /// `could_be_lost`: a target has rows of the day, so the POS may have purged it.
  std::optional<ExtractedDay> extract_day(DayResult& result, bool could_be_lost,
                                          std::uint64_t rows);
  void sync_target(std::size_t i, const ExtractedDay& day, States& states,
                   std::optional<KnownRows>& known, DayResult& result);
  void sync_all(DayResult& result);
  DayRules rules_for(std::size_t i, Date date, const States& states) const;
  std::optional<OtherTarget> other_of(std::size_t i, const States& states) const;
  void note_outcome(const TargetOutcome& outcome, DayResult& result) const;
  Date oldest();
  /// A day with about as many rows.
  struct Size {
    Date date;
    std::uint64_t rows = 0;
  };
  static void run_patiently(DayAllowance& allowance, const Size& size,
                            const std::function<void()>& unit);
  unsigned attempt(Gate& gate, const std::string& where, const Size& size,
                   const std::function<void()>& unit);
  void note_failure(DayResult& result, const std::string& where, const Error& error) const;

  OnceDaysOptions options_;
  std::shared_ptr<Source> source_;
  std::vector<std::shared_ptr<Target>> targets_;
  Horizon horizon_;
  std::optional<Date> oldest_;
  std::optional<ClockWatch::Newest> latest_;  ///< of the days to come of which a target has sales
  Gate source_gate_;
  std::vector<Gate> target_gates_;
  ClockWatch clocks_;
  bool heard_of_sales_ = false;
  std::vector<bool> claimed_;        ///< the target's mark has been seen
  std::vector<unsigned> overtaken_;  ///< how often, of the day that is being processed
};

}  // namespace consolidador
