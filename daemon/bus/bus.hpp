// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/signal_set.hpp>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "daemon/bus/guard.hpp"
#include "daemon/bus/job.hpp"
#include "daemon/bus/link.hpp"
#include "daemon/bus/log_control.hpp"
#include "daemon/bus/manager.hpp"
#include "daemon/lanes/loop.hpp"
#include "daemon/service/control.hpp"

namespace consolidador::bus {

/// The daemon on the bus, as long as there is one: its objects, its signals, and the changes of its
/// properties, gathered to a few messages a second. Never blocks the loop, never throws. Loop
/// thread only.
class Bus : private ControlListener, private LinkListener {
 public:
  Bus(asio::io_context& loop, BusKind kind, Control& control, LogLevel level);
  ~Bus() override;

 private:
  struct JobEntry {
    JobEntry(Control& control, const RequestInfo& request) : job(control, request) {}
    Job job;
    std::unique_ptr<Object> object;
    std::map<std::string, Value> published;
  };

  // ControlListener
  void status_changed() override;
  void day_synced(Date date, const std::string& target, const DayTotals& totals,
                  const WrittenChange& change, const Rejections& rejected,
                  const std::string& action) override;
  void day_failed(Date date, const std::string& error) override;
  void day_held(Date date, const std::string& reason) override;
  void health_changed(const HealthVerdict& health) override;
  void target_up(const std::string& target) override;
  void target_down(const std::string& target, const std::string& error) override;
  void request_new(const RequestInfo& request) override;
  void request_progress(const RequestInfo& request) override;
  void request_removed(const RequestInfo& request) override;
  void cycle_finished(std::uint64_t cycle, std::size_t changed, std::size_t failed) override;

  // LinkListener
  void link_up(Connection& connection) override;
  void link_down() override;
  void name_taken() override { control_.name_taken(true); }

  Interface telling_link(Interface interface);
  void export_job(JobEntry& entry);
  void signal(const char* name, const Values& arguments);
  void publish_soon();
  void publish();
  void publish(Object& object, const Interface& interface, std::map<std::string, Value>& published);
  void look_after();
  void stop();

  asio::io_context& loop_;
  Control& control_;
  LogLevel level_;
  Manager manager_;
  Interface manager_interface_;
  Link link_;
  asio::signal_set signals_;
  asio::steady_timer publish_timer_;
  asio::steady_timer care_timer_;
  SteadyClock::time_point published_at_{};
  bool publish_waits_ = false;
  bool stopped_ = false;

  // While connected.
  Connection* connection_ = nullptr;
  std::unique_ptr<Guard> guard_;
  std::unique_ptr<Object> manager_object_;
  std::unique_ptr<Object> log_object_;
  using Jobs = std::map<std::uint64_t, JobEntry>;
  Jobs jobs_;
  std::set<std::uint64_t> moved_;
  std::map<std::string, Value> published_;
  std::vector<Jobs::node_type> retired_;  // perhaps inside a call of theirs
};

}  // namespace consolidador::bus
