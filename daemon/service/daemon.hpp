// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/backends.hpp"
#include "daemon/lanes/extractions.hpp"
#include "daemon/lanes/holdings.hpp"
#include "daemon/lanes/lane.hpp"
#include "daemon/service/control.hpp"
#include "daemon/service/day_book.hpp"
#include "daemon/service/notifier.hpp"
#include "daemon/service/planner.hpp"
#include "daemon/service/request_book.hpp"
#include "daemon/service/request_store.hpp"
#include "daemon/service/schedule.hpp"
#include "daemon/service/timekeeper.hpp"
#include "lib/config/config.hpp"
#include "lib/core/exit_code.hpp"
#include "lib/report/bitacora.hpp"
#include "lib/report/health.hpp"

namespace consolidador {

struct DaemonParts {
  Backends backends;
  std::function<Config()> load_config;  ///< reads the file again; throws ConfigError
  std::function<void(const Config&)> start_logging;
};

/// The service: owns every long-lived object, in start order. Everything runs on the thread that
/// calls run(); the databases' work runs on the workers of the lanes.
class Daemon : public Control, private LaneListener {
 public:
  Daemon(asio::io_context& loop, Timekeeper& time, const Config& config, DaemonParts parts);
  ~Daemon() override;

  /// Until SIGTERM or SIGINT, or stop(). A second signal does not wait for transactions.
  ExitCode run();

  /// The same as SIGTERM, from the loop thread.
  void stop();

  // Control
  StatusSnapshot status() const override;
  std::vector<RequestInfo> requests() const override { return requests_.running(); }
  DayInfo day(Date date) const override;
  std::vector<DayInfo> days(const DateRange& range, std::size_t limit) const override;
  RequestInfo request(RequestKind kind, const DateRange& asked) override;
  RequestInfo approve(const DateRange& range, const std::string& reason,
                      const std::string& actor) override;
  RequestInfo restore(Date date, const std::string& from, const std::string& reason,
                      const std::string& actor) override;
  void take_over(const std::string& actor) override;
  bool cancel(std::uint64_t id) override;
  void pause(const std::string& reason) override;
  void resume() override;
  std::optional<std::string> reload() override;
  void listen(ControlListener* listener) override { listener_ = listener; }

  struct Counters {
    std::uint64_t cycles = 0;
    std::uint64_t days = 0;  ///< days written or confirmed in a target
    std::uint64_t rows = 0;  ///< rows written
  };
  const Counters& counters() const noexcept { return counters_; }
  HealthVerdict health() const;
  std::size_t pending(const std::string& target) const;

 private:
  struct Place {
    std::unique_ptr<Lane> lane;
    std::set<Date> late;        // ended days that it should have and has not
    std::size_t caught_up = 0;  // of them, since the last time that there were none
    std::set<Date> unproven;    // looked at by turns, and not to be proven now
  };
  struct Cycle {
    SteadyClock::time_point started;
    std::set<std::pair<std::string, Date>> open;
    std::size_t days = 0;
    std::size_t changed = 0;
    std::size_t failed = 0;
  };

  using Targets = std::map<std::string, std::shared_ptr<Target>>;
  /// A configuration and all that is made from it, before anything is changed.
  struct Prepared {
    Config config;
    TimeZone zone;
    std::unique_ptr<Bitacora> bitacora;
    std::shared_ptr<Source> source;
    Targets targets;
  };

  // LaneListener
  void day_done(const DayReport& report) override;
  void lane_up(const std::string& target) override;
  void lane_down(const std::string& target) override;
  void ledger_read(const std::string& target) override;
  void least_verified(const std::string& target, std::vector<Date> days) override;

  // coroutines
  Task<> follow_schedule();
  Task<> follow_signals();
  Task<> feed_watchdog();
  Task<> finish_stop();
  void spawn(Task<> task);
  void spawn_workers(Lane& lane, std::size_t first);

  // cycles
  void keep_hours();
  void start_cycle();
  void start_closing();
  void start_verification();
  void close_cycle_for(const std::string& target, std::optional<Date> date);
  void end_cycle();
  void send_heartbeats();

  // days
  std::set<Date> days_in_trouble() const;
  void plan_all();
  void plan_known();
  void plan_for(Place& place);
  PlanInput plan_input() const;
  Timekeeper::Instant final_from(Date date) const;
  void note_in_ledger(Place& place, const DayReport& report);
  static void note_caught_up(Place& place, Date date);
  void note_seen(const DayReport& report);
  void note_decision(const DayReport& report);
  void look_at_oldest_day();
  void tell_of_purge();
  std::size_t archived_days() const;
  const KnownDays& known(const Place& place) const { return holdings_.days(place.lane->name()); }
  void report_late_change(const DayReport& report) const;
  void publish(const DayResult& result);
  bool still_working(Date date) const;

  // requests
  void resume_requests();
  RequestInfo start_request(std::uint64_t id, RequestKind kind, const DateRange& range);
  RequestInfo start_decision(const StoredRequest& stored);
  RequestInfo open_request(const StoredRequest& stored, std::set<RequestBook::DayInTargetKey> open);
  void check_request(const DateRange& range) const;
  void check_decisions(const DayReport& report);
  void check_decision(const DateRange& range, const std::string& reason) const;
  void tell_progress(const std::vector<RequestInfo>& moved);
  DaemonState state() const;
  TargetStatus target_status(const Place& place) const;

  // configuration
  void add_place(const std::string& name, std::shared_ptr<Target> target);
  Prepared prepare(Config config) const;
  void check_unchanged(const Config& config) const;
  void take(Prepared prepared);
  void apply_targets(const Targets& targets);
  Targets make_targets(const Config& config) const;
  LaneOptions lane_options() const;
  ExtractionOptions extraction_options() const;
  ScheduleOptions schedule_options() const;

  void update_status();
  std::string status_line() const;
  Date today() const { return zone_.date_at(time_.now()); }
  Place* find(const std::string& name);
  const Place* find(const std::string& name) const;

  asio::io_context& loop_;
  Timekeeper& time_;
  DaemonParts parts_;
  Config config_;
  TimeZone zone_;
  Timekeeper::Instant started_;
  std::unique_ptr<Bitacora> bitacora_;
  DayBook book_;
  Notifier notifier_;
  Schedule schedule_;
  Holdings holdings_;
  Extractions extractions_;
  std::vector<Place> places_;
  std::vector<std::unique_ptr<Lane>> retired_;  // no longer configured; their last units end
  std::optional<Cycle> cycle_;
  Counters counters_;
  RequestStore request_store_;
  RequestBook requests_;
  ControlListener* listener_ = nullptr;
  std::optional<Timekeeper::Instant> last_cycle_;
  std::optional<Date> told_first_sale_;
  std::uint64_t failed_cycles_ = 0;  // in a row
  std::uint64_t generation_ = 1;
  bool paused_ = false;
  std::string pause_reason_;
  std::string configuration_error_;
  HealthVerdict last_health_;
  asio::signal_set signals_;
  asio::steady_timer watchdog_;
  asio::steady_timer stop_timer_;
  std::size_t coroutines_ = 0;
  std::exception_ptr failure_;
  bool stopping_ = false;
  bool ended_ = false;  // nothing is left but to leave
};

}  // namespace consolidador
