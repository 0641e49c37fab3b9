// SPDX-License-Identifier: MIT
#include "daemon/bus/manager.hpp"

#include <algorithm>

#include "daemon/bus/arguments.hpp"
#include "daemon/bus/error.hpp"
#include "daemon/bus/guard.hpp"
#include "daemon/bus/inquiry.hpp"
#include "daemon/bus/names.hpp"
#include "daemon/bus/snapshot.hpp"

namespace consolidador::bus {
namespace {

using namespace std::chrono_literals;

constexpr auto fresh_for = 200ms;         // health grows old by itself, without any event
constexpr std::size_t most_days = 4'000;  // in one answer

const Parameters range_parameters{{"s", "from"}, {"s", "to"}};
const Parameters approve_parameters{{"s", "from"}, {"s", "to"}, {"s", "reason"}};
const Parameters restore_parameters{{"s", "date"}, {"s", "from_target"}, {"s", "reason"}};
const Parameters job_parameter{{"o", "job"}};

template <typename Action>
auto refusable(Action action) try {
  return action();
} catch (const RequestRefused& error) {
  throw BusError(error_refused, error.what());
}

/// A request's path, as soon as it is on the disk.
Answer<RequestInfo> answer_with_path(Reply reply) {
  return [reply = std::move(reply)](const std::exception_ptr& error, const RequestInfo& request) {
    reply([&] {
      return refusable([&]() -> Values {
        if (error) std::rethrow_exception(error);
        return {path_of_job(request.id)};
      });
    });
  };
}

Control::Done answer_nothing(Reply reply) {
  return [reply = std::move(reply)](const std::exception_ptr& error) {
    reply([&]() -> Values {
      if (error) std::rethrow_exception(error);
      return {};
    });
  };
}

Counts per_target(const StatusSnapshot& status, std::uint64_t (*figure)(const TargetStatus&)) {
  Counts counts;
  for (const TargetStatus& target : status.targets) counts[target.name] = figure(target);
  return counts;
}

template <typename Add>
void add_counts(const Add& add) {
  add("FailedDays", "t", Emits::changes,
      [](const StatusSnapshot& s) -> Value { return std::uint64_t{s.failed_days}; });
  add("HeldDays", "t", Emits::changes,
      [](const StatusSnapshot& s) -> Value { return std::uint64_t{s.held_days}; });
  add("RejectedDays", "t", Emits::changes,
      [](const StatusSnapshot& s) -> Value { return std::uint64_t{s.rejected_days}; });
  add("RejectedRows", "t", Emits::changes,
      [](const StatusSnapshot& s) -> Value { return s.rejected_rows; });
  add("ArchivedDays", "t", Emits::changes,
      [](const StatusSnapshot& s) -> Value { return std::uint64_t{s.archived_days}; });
}

std::vector<Signal> signals() {
  return {{"DaySynced", {{"s", "date"}, {"s", "target"}, {"s", "action"}, {"a{sv}", "totals"}}},
          {"DayFailed", {{"s", "date"}, {"s", "error"}}},
          {"DayHeld", {{"s", "date"}, {"s", "reason"}}},
          {"HealthChanged", {{"s", "health"}, {"as", "reasons"}}},
          {"TargetUp", {{"s", "target"}}},
          {"TargetDown", {{"s", "target"}, {"s", "error"}}},
          {"JobNew", {{"o", "job"}, {"a{sv}", "details"}}},
          {"JobRemoved", {{"o", "job"}, {"s", "result"}, {"a{sv}", "details"}}},
          {"CycleFinished", {{"t", "cycle"}, {"t", "changed"}, {"t", "failed"}}}};
}

}  // namespace

const StatusSnapshot& Manager::status() {
  const auto now = std::chrono::steady_clock::now();
  if (!status_ || now - taken_ > fresh_for) {
    status_ = control_.status();
    taken_ = now;
    dict_.reset();
  }
  return *status_;
}

const Dict& Manager::status_as_dict() {
  const StatusSnapshot& now = status();
  if (!dict_) dict_ = status_dict(now);
  return *dict_;
}

Interface Manager::interface() {
  return {manager_interface, methods(), properties(), signals()};
}

Values Manager::get_day(const Values& arguments) const {
  const DayInfo day = control_.day(date_argument("date", arguments.at(0)));
  if (is_known(day)) return {day_dict(day)};
  const auto date = to_string(day.date);
  throw day.to_come ? BusError(error_invalid_argument, date + " is still to come in the branch")
                    : BusError(error_not_found, "nothing is known of " + date);
}

Values Manager::list_days(const Values& arguments) const {
  const DateRange range = range_arguments(arguments.at(0), arguments.at(1));
  const std::size_t wanted = std::get<std::uint32_t>(arguments.at(2));
  std::vector<Dict> days;
  for (const DayInfo& day :
       control_.days(range, wanted == 0 ? most_days : std::min(wanted, most_days)))
    days.push_back(day_dict(day));
  return {std::move(days)};
}

Values Manager::list_jobs() const {
  std::vector<Dict> jobs;
  for (const RequestInfo& request : control_.requests()) jobs.push_back(request_dict(request));
  return {std::move(jobs)};
}

/// The window is the daemon's: the range says nothing here.
void Manager::sync_now(Reply reply) {
  control_.request(RequestKind::sync, {}, {}, answer_with_path(std::move(reply)));
}

Method Manager::request(const char* name, RequestKind kind) {
  const auto ask = [this, kind](const Values& arguments, Commander caller, Reply reply) {
    const DateRange range = range_arguments(arguments.at(0), arguments.at(1));
    control_.request(kind, range, login_of(caller.value()), answer_with_path(std::move(reply)));
  };
  return {name, Access::commanders, range_parameters, job_parameter, {}, ask};
}

void Manager::approve(const Values& arguments, Commander caller, Reply reply) {
  const DateRange range = range_arguments(arguments.at(0), arguments.at(1));
  const auto reason = reason_argument("reason", arguments.at(2));
  control_.approve(range, reason, login_of(caller.value()), answer_with_path(std::move(reply)));
}

void Manager::restore(const Values& arguments, Commander caller, Reply reply) {
  const Date date = date_argument("date", arguments.at(0));
  const auto from = text_argument("from_target", arguments.at(1));
  const auto reason = reason_argument("reason", arguments.at(2));
  control_.restore(date, from, reason, login_of(caller.value()),
                   answer_with_path(std::move(reply)));
}

Values Manager::take_over(Commander caller) {
  return refusable([&]() -> Values {
    control_.take_over(login_of(caller.value()));
    return {};
  });
}

void Manager::reload(Reply reply) {
  control_.reload([reply = std::move(reply)](const std::exception_ptr& failure,
                                             const std::optional<std::string>& refused) {
    reply([&]() -> Values {
      if (failure) std::rethrow_exception(failure);
      if (refused) throw BusError(error_configuration, *refused);
      return {};
    });
  });
}

std::vector<Method> Manager::methods() {
  auto all = questions();
  for (Method& method : inquiries(control_)) all.push_back(std::move(method));
  for (Method& method : commands()) all.push_back(std::move(method));
  return all;
}

std::vector<Method> Manager::questions() {
  const auto everybody = Access::everybody;
  const Parameters range_and_limit{{"s", "from"}, {"s", "to"}, {"u", "limit"}};
  return {{"GetStatus",
           everybody,
           {},
           {{"a{sv}", "status"}},
           [this](const Values&, Commander) -> Values { return {status_as_dict()}; }},
          {"GetDay",
           everybody,
           {{"s", "date"}},
           {{"a{sv}", "day"}},
           [this](const Values& arguments, Commander) { return get_day(arguments); }},
          {"ListDays",
           everybody,
           range_and_limit,
           {{"aa{sv}", "days"}},
           [this](const Values& arguments, Commander) { return list_days(arguments); },
           {},
           true},
          {"ListJobs", everybody, {}, {{"aa{sv}", "jobs"}}, [this](const Values&, Commander) {
             return list_jobs();
           }}};
}

std::vector<Method> Manager::commands() {
  const auto sync = [this](const Values&, Commander, Reply reply) { sync_now(std::move(reply)); };
  const auto approve = [this](const Values& arguments, Commander caller, Reply reply) {
    this->approve(arguments, caller, std::move(reply));
  };
  const auto restore = [this](const Values& arguments, Commander caller, Reply reply) {
    this->restore(arguments, caller, std::move(reply));
  };
  const auto take_over = [this](const Values&, Commander caller) {
    return this->take_over(caller);
  };
  const auto pause = [this](const Values& arguments, Commander, Reply reply) {
    control_.pause(text_argument("reason", arguments.at(0)), answer_nothing(std::move(reply)));
  };
  const auto resume = [this](const Values&, Commander, Reply reply) {
    control_.resume(answer_nothing(std::move(reply)));
  };
  const auto reload = [this](const Values&, Commander, Reply reply) {
    this->reload(std::move(reply));
  };
  const auto commanders = Access::commanders;
  return {{"SyncNow", commanders, {}, job_parameter, {}, sync},
          request("Backfill", RequestKind::backfill),
          request("Reprocess", RequestKind::reprocess),
          request("Audit", RequestKind::audit),
          {"Approve", commanders, approve_parameters, job_parameter, {}, approve},
          {"Restore", commanders, restore_parameters, job_parameter, {}, restore},
          {"TakeOver", commanders, {}, {}, take_over},
          {"Pause", commanders, {{"s", "reason"}}, {}, {}, pause},
          {"Resume", commanders, {}, {}, {}, resume},
          {"Reload", commanders, {}, {}, {}, reload}};
}

std::vector<Property> Manager::properties() {
  std::vector<Property> all;
  const auto add = [&](const char* name, const char* type, Emits emits,
                       Value (*value)(const StatusSnapshot&)) {
    all.push_back({name, type, emits, [this, value] { return value(status()); }});
  };
  using Status = const StatusSnapshot&;
  const auto constant = Emits::constant;
  const auto changes = Emits::changes;
  add("BranchId", "i", constant, [](Status s) -> Value { return s.branch_id; });
  add("BranchName", "s", changes, [](Status s) -> Value { return bounded(s.branch_name); });
  add("Version", "s", constant, [](Status s) -> Value { return s.version; });
  add("State", "s", changes, [](Status s) -> Value { return std::string(to_string(s.state)); });
  add("PauseReason", "s", changes, [](Status s) -> Value { return bounded(s.pause_reason); });
  add("Modes", "as", changes, [](Status s) -> Value { return bounded(s.modes); });
  add("Health", "s", changes,
      [](Status s) -> Value { return std::string(to_string(s.health.health)); });
  add("HealthReasons", "as", changes, [](Status s) -> Value { return bounded(s.health.reasons); });
  add("StartedUSec", "t", constant, [](Status s) -> Value { return usec(s.started); });
  add("LastCycleUSec", "t", changes, [](Status s) -> Value { return usec(s.last_cycle); });
  add("NextCycleUSec", "t", changes, [](Status s) -> Value { return usec(s.next_cycle); });
  // Every finished day makes new ones: who wants them asks.
  add("LastSuccessUSec", "a{st}", Emits::nothing, [](Status s) -> Value {
    return per_target(s, [](const TargetStatus& t) { return usec(t.last_success); });
  });
  add("PendingDays", "a{st}", changes, [](Status s) -> Value {
    return per_target(s, [](const TargetStatus& t) { return std::uint64_t{t.pending}; });
  });
  add("OldestPendingDay", "s", changes, [](Status s) -> Value { return oldest_late(s); });
  add("LastAuditedDay", "s", changes, [](Status s) -> Value { return last_audited(s); });
  add_counts(add);
  add("PosBeginsDay", "s", changes, [](Status s) -> Value { return text_of(s.pos_begins); });
  add("ConsecutiveFailures", "t", changes,
      [](Status s) -> Value { return s.consecutive_failures; });
  add("RowsSynced", "t", changes, [](Status s) -> Value { return s.rows_synced; });
  add("DaysSynced", "t", changes, [](Status s) -> Value { return s.days_synced; });
  add("Reconnects", "t", changes, [](Status s) -> Value { return reconnects(s); });
  add("ConfigGeneration", "t", changes, [](Status s) -> Value { return s.config_generation; });
  add("ConfigError", "s", changes, [](Status s) -> Value { return bounded(s.config_error); });
  return all;
}

}  // namespace consolidador::bus
