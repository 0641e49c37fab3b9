// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/lanes/day_queue.hpp"
#include "daemon/lanes/day_retries.hpp"
#include "daemon/lanes/extractions.hpp"
#include "daemon/lanes/holdings.hpp"
#include "lib/sync/day_sync.hpp"

namespace consolidador {

struct LaneOptions {
  std::size_t workers = 2;  ///< days at the same time in this target
  std::chrono::milliseconds deadline{900'000};
  BackoffPolicy backoff;
  bool dry_run = false;
  Machine machine;  ///< whose mark the target must bear
};

/// What happened to a day in one target.
struct DayReport {
  DayTask task;
  std::string target;
  std::optional<DayTotals> totals;       ///< what the target holds now; of a held day, the POS's
  std::optional<TargetOutcome> outcome;  ///< nothing: failed
  std::optional<Error> error;            ///< for good until something changes; the day is in ERROR
  unsigned attempts = 1;
  std::chrono::milliseconds duration{};
};

/// What a lane tells the daemon; called on the loop, must not block.
class LaneListener {
 public:
  virtual ~LaneListener() = default;
  virtual void day_done(const DayReport& report) = 0;
  virtual void lane_up(const std::string& target) = 0;
  virtual void lane_down(const std::string& target) = 0;
  virtual void ledger_read(const std::string& target) = 0;  ///< it is in the holdings
  virtual void least_verified(const std::string& target, std::vector<Date> days) = 0;
  /// Whether another target will soon need this extraction, too.
  virtual bool wanted_elsewhere(const std::string& target, const Extractions::AtHand& day) = 0;
};

/// Everything that one target has to be brought: its days by priority, its connections' workers,
/// and whether it is up. Lanes never wait for each other: a dead VPS does not delay the local
/// database. While the target is down, one worker probes it with backoff; nothing pending expires.
/// Where a right or a table is missing, the day that showed it is what proves that it is back. Loop
/// thread.
class Lane {
 public:
  Lane(asio::io_context& loop, std::string name, const LaneOptions& options,
       std::shared_ptr<Target> target, Extractions& extractions, Holdings& holdings,
       LaneListener& listener);

  /// One coroutine per worker; the daemon spawns `options.workers` of them and awaits their end.
  Task<> work(std::size_t index);
  std::size_t started_workers() const noexcept { return workers_.size(); }

  void add(DayTask task);
  /// Takes back what waits, but for what is more urgent.
  void drop(Date date, Priority most_urgent = Priority::requested);
  void pause(bool paused);  ///< takes no new days; the connection is still watched
  void
  read_ledger();  ///< as it does itself whenever it comes up; into the holdings; then ledger_read()
  /// Answer: least_verified(), so many days.
  void find_least_verified(const DateRange& range, unsigned count);
  void beat(const Heartbeat& heartbeat);  ///< as soon as possible; a newer one replaces it
  void retry_now();                       ///< does not wait for the backoff
  void take_over();                       ///< leaves this machine's mark, whoever left one before

  /// From now on another target or other options; what runs ends with the old ones. Returns how
  /// many further workers have to be spawned.
  std::size_t replace(const LaneOptions& options, std::shared_ptr<Target> target);

  void stop();       ///< takes no new work; work() returns when the running units have ended
  void interrupt();  ///< cuts the running units' connections
  bool ended() const noexcept { return stopping_ && working_ == 0; }

  const std::string& name() const noexcept { return name_; }
  const Availability& availability() const noexcept { return availability_; }
  const DayQueue& queue() const noexcept { return queue_; }
  const std::set<Date>& running() const noexcept { return busy_; }
  bool idle() const noexcept { return busy_.empty(); }
  bool has(Date date) const { return queue_.contains(date) || busy_.contains(date); }
  bool hung() const;
  std::vector<std::unique_ptr<DbWorker>>& workers() noexcept { return workers_; }

  /// Whether it will soon make use of this extraction: it has had a day brought lately.
  bool wants(const Extractions::AtHand& day) const;

  /// Days whose content in the target is known because this process wrote or audited it since the
  /// target was last down are compared in memory; only today and the window are worth that.
  void keep_confirmed_from(Date first);

 private:
  Task<> counted_work(std::size_t index);
  Task<> work_until_stopped(std::size_t index);
  std::optional<DayTask> next_task();
  SteadyClock::time_point next_start() const;
  bool ahead() const;
  Task<> wait_while_down(std::size_t index);
  Task<> probe();
  Task<> claim();
  Task<> prove();
  Task<> do_errands();
  bool has_errand() const;
  Task<> process(DayTask task, DbWorker& worker);
  bool comes_later(const DayTask& task, const Extraction& extraction,
                   SteadyClock::time_point start);
  Task<std::optional<Error>> learn(Date date, DbWorker& worker);
  TargetOutcome unchanged(Date date, const DayTotals& holds) const;
  const DayTotals* known_to_hold(const DayTask& task, const ExtractedDay& day) const;
  std::function<TargetOutcome()> unit_for(const DayTask& task,
                                          const std::shared_ptr<const ExtractedDay>& day,
                                          std::uint32_t revision) const;
  void finish(DayReport report, const std::shared_ptr<const ExtractedDay>& day);
  void keep_confirmed(const DayReport& report, const std::shared_ptr<const ExtractedDay>& day);
  void fail(DayReport report, const Error& error);
  template <typename T>
  Task<std::optional<T>> errand(std::function<T()> unit, bool optional = false);
  void note_failure(const Error& error);
  void note_optional_failure(const Error& error);
  void note_success();
  DateRange whole_ledger() const;

  asio::io_context& loop_;
  std::string name_;
  LaneOptions options_;
  std::shared_ptr<Target> target_;
  Extractions& extractions_;
  Holdings& holdings_;
  LaneListener& listener_;
  Availability availability_;
  DayQueue queue_;
  std::set<Date> busy_;
  DayRetries retries_;
  std::optional<DayTask> proof_;  // the day that showed that a right or a table is missing
  std::string optional_error_;    // of heartbeat or verification, as last logged
  struct Confirmed {
    DayTotals extracted;                          ///< what the POS had
    std::shared_ptr<const ExtractedDay> content;  ///< what the target holds
    std::uint64_t most_rows = 0;                  ///< that it has been proven with
  };
  std::map<Date, Confirmed> confirmed_;
  bool claimed_ = false;  // this machine's mark has been seen there since it came up
  bool take_over_ = false;
  std::vector<std::unique_ptr<DbWorker>> workers_;
  std::optional<DateRange> ledger_wanted_;
  struct LeastVerified {
    DateRange range;
    unsigned count;
  };
  std::optional<LeastVerified> least_verified_wanted_;
  std::optional<Heartbeat> heartbeat_;
  Wakeup& changed_;
  SteadyClock::time_point last_done_{};
  std::size_t working_ = 0;  // work() that has not returned
  bool stopping_ = false;
  bool paused_ = false;
};

}  // namespace consolidador
