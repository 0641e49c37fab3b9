// SPDX-License-Identifier: MIT
#include "daemon/ctl/prometheus.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <iterator>

#include "daemon/ctl/figures.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Labels = std::vector<std::pair<std::string, std::string>>;

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    result += c == '\n' ? ' ' : c;
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
    fmt::format_to(std::back_inserter(out_), "{}{{{}}} {}\n", name_, fmt::join(items, ","), value);
  }

 private:
  std::string& out_;
  std::string name_;
};

std::string branch_of(const Dict& status) {
  return std::to_string(bus::get<std::int32_t>(status, "BranchId"));
}

std::string number(const Dict& dict, const char* key) {
  return std::to_string(bus::get<std::uint64_t>(dict, key));
}

std::string seconds(const Dict& dict, const char* key) {
  const auto usec = bus::get<std::uint64_t>(dict, key);
  return fmt::format("{}.{:06}", usec / 1'000'000, usec % 1'000'000);
}

std::string is(const Dict& dict, const char* key, const char* word) {
  return bus::get<std::string>(dict, key) == word ? "1" : "0";
}

struct Figure {
  const char* name;
  const char* type;
  const char* help;
  std::function<std::string(const Dict&)> value;
};

Figure count(const char* name, const char* type, const char* key, const char* help) {
  return {name, type, help, [key](const Dict& dict) { return number(dict, key); }};
}

Figure time(const char* name, const char* key, const char* help) {
  return {name, "gauge", help, [key](const Dict& dict) { return seconds(dict, key); }};
}

std::vector<Figure> branch_figures() {
  return {
      {"up", "gauge", "Whether the daemon answers.", [](const Dict&) { return "1"; }},
      {"paused", "gauge", "Whether an operator has paused it.",
       [](const Dict& dict) { return is(dict, "State", "paused"); }},
      {"config_error", "gauge", "Whether the last reload was refused.",
       [](const Dict& dict) {
         return bus::get<std::string>(dict, "ConfigError").empty() ? "0" : "1";
       }},
      time("start_timestamp_seconds", "StartedUSec", "When the daemon was started."),
      time("last_cycle_timestamp_seconds", "LastCycleUSec", "When the last cycle ended; 0: never."),
      count("dates_failed", "gauge", "FailedDays", "Days in ERROR."),
      // Not dates_*, as the other counts of days: the lock gives these two their names, which
      // alerts look for. promtool takes `days` for a unit of time.
      count("days_held", "gauge", "HeldDays",
            "Days that the POS has lost sales of and that wait for a person."),
      count("days_archived", "gauge", "ArchivedDays",
            "Days in a target that the POS has no longer."),
      count("consecutive_failures", "gauge", "ConsecutiveFailures",
            "Cycles in a row that ended with a failure."),
      count("config_generation", "gauge", "ConfigGeneration",
            "Successful loads of the configuration since the start."),
      count("cycles_total", "counter", "Cycles", "Cycles since the start."),
      count("dates_synced_total", "counter", "DaysSynced",
            "Days written or confirmed in a target since the start."),
      count("rows_synced_total", "counter", "RowsSynced", "Rows written since the start.")};
}

std::vector<Figure> place_figures() {
  return {{"place_up", "gauge", "Whether the database can be used.",
           [](const Dict& dict) { return bus::get<bool>(dict, "Up") ? "1" : "0"; }},
          time("last_success_timestamp_seconds", "LastSuccessUSec",
               "When the database was last used with success; 0: never."),
          count("reconnects_total", "counter", "Reconnects",
                "Recoveries from an outage since the start.")};
}

std::vector<Figure> target_figures() {
  return {count("dates_pending", "gauge", "PendingDays", "Days that wait or are being written."),
          count("dates_late", "gauge", "LateDays", "Ended days that the target has not.")};
}

void write_branches(std::string& out, const std::vector<Dict>& statuses) {
  for (const Figure& figure : branch_figures()) {
    Metric metric(out, figure.name, figure.type, figure.help);
    for (const Dict& status : statuses)
      metric.sample({{"branch", branch_of(status)}}, figure.value(status));
  }
}

void write_places(std::string& out, const std::vector<Dict>& statuses,
                  const std::vector<Figure>& figures,
                  std::vector<Dict> (*places)(const Dict& status)) {
  for (const Figure& figure : figures) {
    Metric metric(out, figure.name, figure.type, figure.help);
    for (const Dict& status : statuses)
      for (const Dict& place : places(status))
        metric.sample(
            {{"branch", branch_of(status)}, {"place", bus::get<std::string>(place, "Name")}},
            figure.value(place));
  }
}

void write_health(std::string& out, const std::vector<Dict>& statuses) {
  Metric metric(out, "health", "gauge", "1 for what the health is: ok, degraded or failing.");
  for (const Dict& status : statuses)
    for (const char* word : {"ok", "degraded", "failing"})
      metric.sample({{"branch", branch_of(status)}, {"health", word}}, is(status, "Health", word));
}

void write_info(std::string& out, const std::vector<Dict>& statuses) {
  Metric metric(out, "info", "gauge", "Always 1; who it is.");
  for (const Dict& status : statuses)
    metric.sample({{"branch", branch_of(status)},
                   {"name", bus::get<std::string>(status, "BranchName")},
                   {"version", bus::get<std::string>(status, "Version")}},
                  "1");
}

}  // namespace

std::string prometheus(const std::vector<Dict>& statuses) {
  std::string out;
  write_info(out, statuses);
  write_health(out, statuses);
  write_branches(out, statuses);
  write_places(out, statuses, place_figures(), places_of);
  write_places(out, statuses, target_figures(), targets_of);
  return out;
}

std::string prometheus_down(const std::string& branch) {
  std::string out;
  Metric(out, "up", "gauge", "Whether the daemon answers.").sample({{"branch", branch}}, "0");
  return out;
}

}  // namespace consolidador::ctl
