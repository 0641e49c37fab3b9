// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "daemon/lanes/confirmed_days.hpp"
#include "daemon/lanes/day_retries.hpp"
#include "daemon/lanes/day_turns.hpp"
#include "daemon/lanes/day_unit.hpp"
#include "daemon/lanes/recovery.hpp"

namespace consolidador {

/// Everything that one target has to be brought: its days by priority, its connections' workers,
/// and whether it is up. Lanes never wait for each other: a dead VPS does not delay the local
/// database. While the target is down, one worker probes it with backoff; nothing pending expires.
/// Where a day took it down, only a day that gets through proves that it is back. Loop thread.
class Lane : private ExtractionTaker {
 public:
  Lane(asio::io_context& loop, std::string name, const LaneOptions& options,
       std::shared_ptr<Target> target, Extractions& extractions, Holdings& holdings,
       LaneListener& listener);
  ~Lane() override;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// One coroutine for each of workers(); the daemon spawns them and awaits their end.
  Task<> work(std::size_t index);

  void add(DayTask task);                 ///< a day after today is not taken, whoever asks
  void drop(Date date, Wanting wanting);  ///< see DayQueue::drop()
  void retry_now();                       ///< does not wait for the backoff

  /// As long as there is a reason no new day is begun; the connection is still watched.
  void pause(std::optional<std::string> why);
  const std::optional<std::string>& paused() const noexcept { return paused_; }

  /// From now on another target or other options; what runs ends with the old ones. There may be
  /// more workers() then.
  void replace(const LaneOptions& options, std::shared_ptr<Target> target);

  void stop();  ///< takes no new work; work() returns when the running units have ended
  bool ended() const noexcept { return stopping_ && working_ == 0; }

  /// Days before it are not compared in memory any longer, see ConfirmedDays.
  void keep_confirmed_from(Date first) { confirmed_.forget_before(first); }

  const std::string& name() const noexcept { return name_; }
  const Availability& availability() const noexcept { return recovery_.availability(); }
  const DayRetries& retries() const noexcept { return retries_; }
  const DayTurns& days() const noexcept { return turns_; }
  Errands& errands() noexcept { return errands_; }
  DbWorkers& workers() noexcept { return workers_; }

 private:
  bool wants(const DayAtHand& day) const override;

  Task<> work_until_stopped(std::size_t index);
  Task<> wait_while_down(std::size_t index);
  Task<> probe();
  Task<> bring_test_day();
  Task<> run_errand();
  Task<> process(DayTask task, DbWorker& worker);
  Task<Extraction> extract(const DayTask& task);
  Task<std::optional<Error>> load(DayReport& report, std::shared_ptr<const ExtractedDay> day,
                                  std::uint32_t revision, DbWorker& worker);
  bool is_left_out(DayReport report, const Extraction& extraction, SteadyClock::time_point start);
  DayUnit unit_for(const DayTask& task, std::shared_ptr<const ExtractedDay> day,
                   std::uint32_t revision) const;
  void finish(DayReport report, const std::shared_ptr<const ExtractedDay>& day,
              SteadyClock::time_point start);
  void fail(DayReport report, const Error& error);

  std::string name_;
  LaneOptions options_;
  std::shared_ptr<Target> target_;
  Extractions& extractions_;
  Holdings& holdings_;
  LaneListener& listener_;
  Wakeup& changed_;
  DayTurns turns_;
  DayRetries retries_;
  DayAllowance allowance_;
  ConfirmedDays confirmed_;
  Errands errands_;
  Recovery recovery_;
  DbWorkers workers_;
  SteadyClock::time_point last_done_{};
  std::size_t working_ = 0;  // work() that has not returned
  bool stopping_ = false;
  std::optional<std::string> paused_;
};

}  // namespace consolidador
