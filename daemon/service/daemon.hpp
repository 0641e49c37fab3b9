// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/service/dispatcher.hpp"
#include "daemon/service/inquiries.hpp"
#include "daemon/service/reload.hpp"
#include "daemon/service/watchdog.hpp"
#include "lib/core/exit_code.hpp"

namespace consolidador {

struct DaemonParts {
  Backends backends;
  std::function<Config()> load_config;               ///< reads the file again; throws ConfigError
  std::function<void(const Config&)> start_logging;  ///< on the writer's thread, as load_config
  std::shared_ptr<Writer> writer = std::make_shared<Writer>();  ///< of all files but the log's
};

/// The service: owns every long-lived object, in start order, and the loop's coroutines: schedule,
/// signals, watchdog, workers. Everything runs on the thread that calls run(); the databases' work
/// runs on the workers of the lanes.
class Daemon : public Control {
 public:
  Daemon(asio::io_context& loop, Timekeeper& time, const Config& config, DaemonParts parts);
  ~Daemon() override;

  /// Until SIGTERM or SIGINT, or stop(). A second signal does not wait for transactions.
  ExitCode run();

  /// The same as SIGTERM, from the loop thread.
  void stop();

  // Control
  StatusSnapshot status() const override { return overview_.status(); }
  std::vector<RequestInfo> requests() const override { return requests_.running(); }
  DayInfo day(Date date) const override { return overview_.day(date); }
  std::vector<DayInfo> days(const DateRange& range, std::size_t limit) const override {
    return overview_.days(range, limit);
  }
  void history(const DateRange& range, const std::string& from, Answer<DayHistory> answer) override;
  void version(Date date, std::uint32_t number, const std::string& from,
               Answer<PastDay> answer) override;
  void version_change(Date date, std::uint32_t number, const std::string& from,
                      Answer<PastChange> answer) override;
  void differences(Date date, Answer<DayDifferences> answer) override;
  void request(RequestKind kind, const DateRange& asked, const std::string& actor,
               Answer<RequestInfo> answer) override;
  void approve(const DateRange& range, const std::string& reason, const std::string& actor,
               Answer<RequestInfo> answer) override;
  void restore(Date date, const std::string& from, const std::string& reason,
               const std::string& actor, Answer<RequestInfo> answer) override;
  void take_over(const std::string& actor) override { requests_.take_over(actor); }
  void cancel(std::uint64_t id, Answer<bool> answer) override;
  void pause(const std::string& reason, Done done) override;
  void resume(Done done) override;
  void name_taken(bool by_another) override;
  void reload(Answer<std::optional<std::string>> answer) override;
  void listen(ControlListener* listener) override { audience_.set(listener); }

 private:
  Task<> follow_schedule();
  Task<> follow_signals();
  Task<> finish_stop();
  void spawn(Task<> task);
  void spawn_workers(Lane& lane, std::size_t first);
  Task<std::optional<std::string>> reload_in_turn();
  void swap_in(Prepared prepared);
  void apply_targets(const Targets& targets);
  void add_place(const std::string& name, std::shared_ptr<Target> target);

  asio::io_context& loop_;
  Timekeeper& time_;
  DaemonParts parts_;
  Branch branch_;
  Standing standing_;
  Disk disk_;
  StandingStore store_;
  Audience audience_;
  Notifier notifier_;
  KeptLines bitacora_;
  DayBook book_;
  Schedule schedule_;
  Holdings holdings_;
  Extractions extractions_;
  Places places_;
  Overview overview_;
  Requests requests_;
  Dispatcher dispatcher_;
  Inquiries inquiries_;
  asio::signal_set signals_;
  Watchdog watchdog_;
  Wakeup reloaded_;
  bool reloading_ = false;
  asio::steady_timer stop_timer_;
  std::size_t coroutines_ = 0;
  std::exception_ptr failure_;
  bool ended_ = false;  // nothing is left but to leave
};

}  // namespace consolidador
