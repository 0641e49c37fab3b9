// SPDX-License-Identifier: MIT
#include "daemon/ctl/prometheus.hpp"
#include "lib/core/outlet.hpp"

#include <fmt/format.h>

#include <functional>
#include <iterator>

namespace consolidador::ctl {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : for_log(text)) {
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return result;
}

/// One metric: its head, then a sample for each status or place.
class Metric {
 public:
  Metric(std::string& out, std::string name, const char* type, const char* help)
      : out_(out), name_("consolidador_" + std::move(name)) {
    fmt::format_to(std::back_inserter(out_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, type);
  }

  void sample(const Labels& labels, const std::string& value) {
    std::vector<std::string> items;
    for (const auto& [name, text] : labels)
      items.push_back(fmt::format("{}=\"{}\"", name, escaped(text)));
    const auto set = items.empty() ? "" : fmt::format("{{{}}}", fmt::join(items, ","));
    fmt::format_to(std::back_inserter(out_), "{}{} {}\n", name_, set, value);
  }

 private:
  std::string& out_;
  std::string name_;
};

std::string branch_of(const Status& status) {
  return std::to_string(status.branch_id);
}

std::string seconds(std::uint64_t usec) {
  return fmt::format("{}.{:06}", usec / 1'000'000, usec % 1'000'000);
}

std::string flag(bool value) {
  return value ? "1" : "0";
}

/// A metric of a status or of a place.
template <typename Of>
struct Figure {
  const char* name;
  const char* type;
  const char* help;
  std::function<std::string(const Of&)> value;
};

template <typename Of>
Figure<Of> count(const char* name, const char* type, std::uint64_t Of::*figure, const char* help) {
  return {name, type, help, [figure](const Of& of) { return std::to_string(of.*figure); }};
}

template <typename Of>
Figure<Of> time(const char* name, std::uint64_t Of::*usec, const char* help) {
  return {name, "gauge", help, [usec](const Of& of) { return seconds(of.*usec); }};
}

std::vector<Figure<Status>> branch_figures() {
  return {
      {"paused", "gauge", "Whether an operator has paused it.",
       [](const Status& status) { return flag(status.paused()); }},
      {"config_error", "gauge", "Whether the last reload was refused.",
       [](const Status& status) { return flag(!status.config_error.empty()); }},
      time("start_timestamp_seconds", &Status::started, "When the daemon was started."),
      time("last_cycle_timestamp_seconds", &Status::last_cycle,
           "When the last cycle ended; 0: never."),
      count("dates_failed", "gauge", &Status::failed_days, "Days in ERROR."),
      // Not dates_*, as the other counts of days: the lock gives these two their names, which
      // alerts look for. promtool takes `days` for a unit of time.
      count("days_held", "gauge", &Status::held_days,
            "Days that the POS has lost sales of and that wait for a person."),
      count("days_archived", "gauge", &Status::archived_days,
            "Days in a target that the POS has no longer."),
      count("dates_with_rejected_rows", "gauge", &Status::rejected_days,
            "Days that are taken without some rows of the POS."),
      count("rows_rejected", "gauge", &Status::rejected_rows,
            "Rows of the POS that cannot be taken and are kept apart."),
      count("consecutive_failures", "gauge", &Status::consecutive_failures,
            "Cycles in a row that ended with a failure."),
      count("config_generation", "gauge", &Status::config_generation,
            "Successful loads of the configuration since the start."),
      count("cycles_total", "counter", &Status::cycles, "Cycles since the start."),
      count("dates_synced_total", "counter", &Status::days_synced,
            "Days written or confirmed in a target since the start."),
      count("rows_synced_total", "counter", &Status::rows_synced, "Rows written since the start.")};
}

std::vector<Figure<PlaceStatus>> place_figures() {
  return {{"place_up", "gauge", "Whether the database can be used.",
           [](const PlaceStatus& place) { return flag(place.up); }},
          time("last_success_timestamp_seconds", &PlaceStatus::last_success,
               "When a day last got through; 0: never."),
          count("reconnects_total", "counter", &PlaceStatus::reconnects,
                "Recoveries from an outage since the start.")};
}

std::vector<Figure<PlaceStatus>> target_figures() {
  return {
      count("dates_pending", "gauge", &PlaceStatus::pending_days,
            "Days that wait or are being written."),
      count("dates_late", "gauge", &PlaceStatus::late_days, "Ended days that the target has not."),
      count("dates_retried", "gauge", &PlaceStatus::retried_days,
            "Days that have failed in the target and are tried again.")};
}

void write_up(std::string& out, const std::vector<Status>& statuses,
              const std::vector<std::string>& down) {
  Metric metric(out, "up", "gauge", "Whether the daemon answers.");
  for (const Status& status : statuses) metric.sample({{"branch", branch_of(status)}}, flag(true));
  for (const std::string& branch : down)
    metric.sample(branch.empty() ? Labels{} : Labels{{"branch", branch}}, flag(false));
}

void write_branches(std::string& out, const std::vector<Status>& statuses) {
  for (const auto& figure : branch_figures()) {
    Metric metric(out, figure.name, figure.type, figure.help);
    for (const Status& status : statuses)
      metric.sample({{"branch", branch_of(status)}}, figure.value(status));
  }
}

template <typename Places>
void write_places(std::string& out, const std::vector<Status>& statuses,
                  const std::vector<Figure<PlaceStatus>>& figures, Places places_of) {
  for (const auto& figure : figures) {
    Metric metric(out, figure.name, figure.type, figure.help);
    for (const Status& status : statuses)
      for (const PlaceStatus& place : places_of(status))
        metric.sample({{"branch", branch_of(status)}, {"place", place.name}}, figure.value(place));
  }
}

void write_health(std::string& out, const std::vector<Status>& statuses) {
  Metric metric(out, "health", "gauge",
                "1 for what the health is: ok, starting, degraded or failing.");
  for (const Status& status : statuses)
    for (const char* word : {"ok", "starting", "degraded", "failing"})
      metric.sample({{"branch", branch_of(status)}, {"health", word}}, flag(status.health == word));
}

void write_modes(std::string& out, const std::vector<Status>& statuses) {
  Metric metric(out, "mode", "gauge",
                "1 for each thing that the daemon does not do, or not always.");
  for (const Status& status : statuses)
    for (const std::string& mode : status.modes)
      metric.sample({{"branch", branch_of(status)}, {"mode", mode}}, "1");
}

void write_info(std::string& out, const std::vector<Status>& statuses) {
  Metric metric(out, "info", "gauge", "Always 1; who it is.");
  for (const Status& status : statuses)
    metric.sample(
        {{"branch", branch_of(status)}, {"name", status.branch_name}, {"version", status.version}},
        "1");
}

}  // namespace

std::string prometheus(const std::vector<Status>& statuses, const std::vector<std::string>& down) {
  std::string out;
  write_up(out, statuses, down);
  if (statuses.empty()) return out;
  write_info(out, statuses);
  write_health(out, statuses);
  write_modes(out, statuses);
  write_branches(out, statuses);
  write_places(out, statuses, place_figures(), std::mem_fn(&Status::places));
  write_places(out, statuses, target_figures(), std::mem_fn(&Status::targets));
  return out;
}

}  // namespace consolidador::ctl
