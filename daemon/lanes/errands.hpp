// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/lanes/db_worker.hpp"
#include "daemon/lanes/holdings.hpp"
#include "daemon/lanes/lane_listener.hpp"
#include "daemon/lanes/lane_options.hpp"
#include "lib/report/health.hpp"

namespace consolidador {

/// What a target is asked and told beside its days: whose mark it bears, what its ledger says,
/// which days were verified least recently, the branch's heartbeat. What is wanted waits here until
/// the lane has it done; what a target answers that has been replaced meanwhile is forgotten. Loop
/// thread only.
class Errands {
 public:
  /// `changed` is notified when something is wanted.
  Errands(std::string name, const LaneOptions& options, std::shared_ptr<Target> target,
          Holdings& holdings, LaneListener& listener, Wakeup& changed);

  /// Another target or other options: its mark and its ledger are asked for anew.
  void replace(const LaneOptions& options, std::shared_ptr<Target> target);

  /// And the server's clock, into the holdings; then LaneListener::ledger_read().
  void read_ledger();
  /// Of the first and the last day of which it had rows then, those that its ledger lacks.
  std::vector<Date> unrecorded() const;
  /// One of them that is after tomorrow: nobody brings that, and no look at the POS explains it.
  std::optional<Date> rows_to_come() const;
  const std::optional<Silence>& silence() const noexcept { return silence_; }
  /// How often its whole ledger was read.
  std::size_t readings() const noexcept { return readings_; }
  /// How often within the last hour somebody else was seen to have written its ledger.
  std::size_t overwritten_lately() const;
  /// Answer: LaneListener::least_verified(), so many days.
  void find_least_verified(const DateRange& range, unsigned count);
  /// A newer one replaces it; none in a dry run. Where the answer tells that somebody else has
  /// written the ledger, it is read again, for the holdings; and where there is no answer.
  void beat(const Heartbeat& heartbeat);
  void take_over();  ///< leaves this machine's mark, whoever left one before

  /// An own day is brought as long as it lives: what the ledger comes to meanwhile tells nothing of
  /// somebody else.
  class OwnDay {
   public:
    OwnDay(Errands& errands, Date date) : errands_(errands), date_(date) {
      errands_.begin_own(date_);
    }
    ~OwnDay() { errands_.own_.erase(errands_.own_.find(date_)); }
    OwnDay(const OwnDay&) = delete;
    OwnDay& operator=(const OwnDay&) = delete;

   private:
    Errands& errands_;
    Date date_;
  };

  bool waiting() const {
    return !claimed_ || clock_wanted_ || ledger_wanted_ || overtaken_ || least_verified_ ||
           heartbeat_;
  }

  /// This machine's mark has been seen in the target since it came up.
  bool claimed() const noexcept { return claimed_; }
  void target_down() noexcept { claimed_ = false; }

  /// Does the most urgent of those that are waiting(); the mark comes first. Returns why the target
  /// cannot be used; nothing: it can, although an errand without which days can be brought may have
  /// failed.
  Task<std::optional<Error>> run_next(DbWorker& worker);

  /// The heartbeat alone, when one waits: also a target in which no day gets through can tell of
  /// it.
  Task<std::optional<Error>> send_heartbeat(DbWorker& worker);

  /// Asks for the day's ledger row when somebody else has written it, for the holdings. Returns
  /// what kept it from that.
  Task<std::optional<Error>> learn(Date date, DbWorker& worker);

 private:
  struct LeastVerified {
    DateRange range;
    unsigned count;
  };

  Task<std::optional<Error>> claim(DbWorker& worker);
  Task<std::optional<Error>> fetch_clock(DbWorker& worker);
  Task<std::optional<Error>> fetch_ledger(DbWorker& worker);
  Task<std::optional<Error>> fetch_overtaken_ledger(DbWorker& worker);
  void begin_reading();
  KnownDays with_newer(KnownDays read);
  void begin_own(Date date);
  void tell_of_others(const std::vector<Date>& changed);
  Task<std::optional<Error>> fetch_least_verified(LeastVerified wanted, DbWorker& worker);
  Task<std::optional<Error>> send(Heartbeat heartbeat, DbWorker& worker);
  template <typename T>
  Task<std::optional<Error>> ask(DbWorker& worker, std::function<T(Target&)> question,
                                 std::function<void(T)> take_answer);
  void note_beat(const std::optional<Error>& failure);
  void note_overwritten(std::size_t days);
  std::optional<Error> unless_dispensable(const std::optional<Error>& failure);
  std::function<bool()> since_now() const;

  std::string name_;
  LaneOptions options_;
  std::shared_ptr<Target> target_;
  Holdings& holdings_;
  LaneListener& listener_;
  Wakeup& changed_;
  bool claimed_ = false;
  bool take_over_ = false;
  bool clock_wanted_ = false;
  bool ledger_wanted_ = false;
  std::optional<DateRange> extent_;  // of its rows, when its ledger was last read whole
  std::vector<SteadyClock::time_point> overwritten_;  // seen at
  bool overtaken_ = false;                            // somebody else has written the ledger
  std::optional<LeastVerified> least_verified_;
  std::optional<Heartbeat> heartbeat_;
  std::string dispensable_error_;  // as last logged
  std::optional<Silence> silence_;
  std::size_t readings_ = 0;
  std::multiset<Date> own_;     // days that are under way
  std::set<Date> newer_;        // those since the ledger was last begun to be read
  Date marked_from_{};          // of the last heartbeat
  std::uint64_t own_days_ = 0;  // begun since, from that day on
};

}  // namespace consolidador
