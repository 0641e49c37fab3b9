// SPDX-License-Identifier: MIT
#include "daemon/bus/bus.hpp"

#include <csignal>

#include "daemon/bus/names.hpp"
#include "daemon/bus/snapshot.hpp"
#include "lib/core/log.hpp"

namespace consolidador::bus {
namespace {

using namespace std::chrono_literals;

constexpr auto between_publications = 250ms;
constexpr auto between_looks = 5s;

/// What a property is now, of those whose changes are told.
std::map<std::string, Value> values_of(const Interface& interface) {
  std::map<std::string, Value> values;
  for (const Property& property : interface.properties)
    if (property.emits == Emits::changes) values.emplace(property.name, property.get());
  return values;
}

}  // namespace

Bus::Bus(asio::io_context& loop, BusKind kind, Control& control, LogLevel level)
    : loop_(loop),
      control_(control),
      level_(std::move(level)),
      manager_(control),
      manager_interface_(telling_link(manager_.interface())),
      link_(loop, kind, name_of_branch(control.status().branch_id), *this),
      signals_(loop, SIGTERM, SIGINT),
      publish_timer_(loop),
      care_timer_(loop) {
  control_.listen(this);
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) asio::post(loop_, [this] { stop(); });  // the daemon hears of it first
  });
  look_after();
  link_.start();
}

Bus::~Bus() {
  control_.listen(nullptr);
  stop();
}

/// The daemon's loop ends when nobody has anything to do: so this must not stay.
void Bus::stop() {
  if (std::exchange(stopped_, true)) return;
  manager_.changed();
  publish();
  signals_.cancel();
  publish_timer_.cancel();
  care_timer_.cancel();
  link_.stop();
}

/// Health grows old by itself; and the daemon may stop without a signal.
void Bus::look_after() {
  care_timer_.expires_after(between_looks);
  care_timer_.async_wait([this](boost::system::error_code error) {
    if (error || stopped_) return;
    if (control_.status().state == DaemonState::stopping) return stop();
    publish_soon();
    look_after();
  });
}

/// A late answer leaves in no turn of the link's own.
Interface Bus::telling_link(Interface interface) {
  for (Method& method : interface.methods) {
    if (!method.begin) continue;
    method.begin = [this, begin = std::move(method.begin)](const Values& arguments,
                                                           Commander caller, Reply reply) {
      begin(arguments, caller,
            [this, reply = std::move(reply)](const std::function<Values()>& result) {
              reply(result);
              if (connection_) link_.sent();
            });
    };
  }
  return interface;
}

void Bus::link_up(Connection& connection) {
  control_.name_taken(false);
  connection_ = &connection;
  guard_ = std::make_unique<Guard>(connection);
  published_ = values_of(manager_interface_);
  manager_object_ = connection.export_object(manager_path, manager_interface_, *guard_);
  log_object_ = connection.export_object(log_control_path, log_control(level_), *guard_);
  for (const RequestInfo& request : control_.requests()) {
    const auto [entry, _] = jobs_.try_emplace(request.id, control_, request);
    export_job(entry->second);
  }
}

void Bus::link_down() {
  retired_.clear();
  jobs_.clear();
  moved_.clear();
  log_object_.reset();
  manager_object_.reset();
  guard_.reset();
  connection_ = nullptr;
}

void Bus::export_job(JobEntry& entry) {
  const Interface interface = telling_link(entry.job.interface());
  entry.published = values_of(interface);
  entry.object =
      connection_->export_object(path_of_job(entry.job.request().id).text, interface, *guard_);
}

void Bus::publish_soon() {
  if (!connection_ || publish_waits_ || stopped_) return;
  publish_waits_ = true;
  publish_timer_.expires_at(std::max(SteadyClock::now(), published_at_ + between_publications));
  publish_timer_.async_wait([this](boost::system::error_code error) {
    publish_waits_ = false;
    if (!error) publish();
  });
}

void Bus::publish() {
  if (!connection_) return;
  published_at_ = SteadyClock::now();
  publish(*manager_object_, manager_interface_, published_);
  for (const auto id : std::exchange(moved_, {}))
    if (const auto job = jobs_.find(id); job != jobs_.end())
      publish(*job->second.object, job->second.job.interface(), job->second.published);
  link_.sent();
}

void Bus::publish(Object& object, const Interface& interface,
                  std::map<std::string, Value>& published) try {
  auto values = values_of(interface);
  std::vector<std::string> changed;
  for (const auto& [name, value] : values)
    if (published[name] != value) changed.push_back(name);
  published = std::move(values);
  if (!changed.empty()) object.properties_changed(changed);
} catch (const std::exception& error) {
  log::debug("bus: changes not told: {}", error.what());  // a lost connection shows by itself
}

void Bus::signal(const char* name, const Values& arguments) try {
  if (!connection_) return;
  manager_object_->emit(name, arguments);
  link_.sent();
} catch (const std::exception& error) {
  log::debug("bus: {} not told: {}", name, error.what());
}

void Bus::status_changed() {
  manager_.changed();
  publish_soon();
}

void Bus::day_synced(Date date, const std::string& target, const DayTotals& totals,
                     const WrittenChange& change, const Rejections& rejected,
                     const std::string& action) {
  signal("DaySynced", {to_string(date), target, action, synced_dict(totals, change, rejected)});
}

void Bus::day_failed(Date date, const std::string& error) {
  signal("DayFailed", {to_string(date), bounded(error)});
}

void Bus::day_held(Date date, const std::string& reason) {
  signal("DayHeld", {to_string(date), bounded(reason)});
}

void Bus::health_changed(const HealthVerdict& health) {
  signal("HealthChanged", {std::string(to_string(health.health)), bounded(health.reasons)});
}

void Bus::target_up(const std::string& target) {
  signal("TargetUp", {target});
}

void Bus::target_down(const std::string& target, const std::string& error) {
  signal("TargetDown", {target, bounded(error)});
}

void Bus::request_new(const RequestInfo& request) {
  if (!connection_) return;
  const auto [entry, added] = jobs_.try_emplace(request.id, control_, request);
  if (!added) return;
  try {
    export_job(entry->second);
  } catch (const std::exception& error) {
    log::debug("bus: request {} not shown: {}", request.id, error.what());
    jobs_.erase(entry);
    return;
  }
  signal("JobNew", {path_of_job(request.id), request_dict(request)});
}

void Bus::request_progress(const RequestInfo& request) {
  const auto job = jobs_.find(request.id);
  if (job == jobs_.end()) return;
  job->second.job.update(request);
  moved_.insert(request.id);
  publish_soon();
}

void Bus::request_removed(const RequestInfo& request) {
  const auto job = jobs_.find(request.id);
  if (job == jobs_.end()) return;
  job->second.job.update(request);
  publish(*job->second.object, job->second.job.interface(), job->second.published);
  signal("JobRemoved",
         {path_of_job(request.id), std::string(to_string(request.state)), request_dict(request)});
  retired_.push_back(jobs_.extract(job));
  asio::post(loop_, [this] { retired_.clear(); });
}

void Bus::cycle_finished(std::uint64_t cycle, std::size_t changed, std::size_t failed) {
  signal("CycleFinished", {cycle, std::uint64_t{changed}, std::uint64_t{failed}});
}

}  // namespace consolidador::bus
