// SPDX-License-Identifier: MIT
#include "daemon/ctl/views.hpp"

#include <fmt/format.h>

#include <set>

#include "daemon/ctl/table.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Align = Table::Align;

std::string text(const Dict& dict, const char* key) {
  return bus::get<std::string>(dict, key);
}

std::uint64_t number(const Dict& dict, const char* key) {
  return bus::get<std::uint64_t>(dict, key);
}

Cell count(const Dict& dict, const char* key, Colour when_any = Colour::none) {
  const auto value = number(dict, key);
  return {std::to_string(value), value == 0 ? Colour::none : when_any};
}

Cell error(const Dict& dict) {
  return {text(dict, "Error"), Colour::red};
}

Colour colour_of(const std::string& word) {
  if (word == "ok" || word == "idle" || word == "done") return Colour::green;
  if (word == "degraded" || word == "paused") return Colour::yellow;
  return word == "failing" || word == "failed" ? Colour::red : Colour::none;
}

std::string placed(const Table& table, bool coloured) {
  return table.empty() ? std::string() : '\n' + table.text(coloured);
}

/// The lines at the top: a word and what it is.
class Facts {
 public:
  explicit Facts(bool coloured) : coloured_(coloured) {}

  void add(const char* name, const std::string& value, Colour colour = Colour::none) {
    if (value.empty()) return;
    const auto shown = coloured_ ? painted(value, colour) : value;
    text_ += fmt::format("  {:<12} {}\n", name, shown);
  }
  const std::string& text() const noexcept { return text_; }

 private:
  bool coloured_;
  std::string text_;
};

std::string title(const Dict& status) {
  const auto name = text(status, "BranchName");
  return fmt::format("Branch {}{}{}\n", bus::get<std::int32_t>(status, "BranchId"),
                     name.empty() ? "" : " " + name, ", consolidadord " + text(status, "Version"));
}

std::string facts_of(const Dict& status, Instant now, bool coloured) {
  Facts facts(coloured);
  const auto state = text(status, "State");
  const auto health = text(status, "Health");
  const auto reason = text(status, "PauseReason");
  facts.add("state", state + (reason.empty() ? "" : ": " + reason), colour_of(state));
  facts.add("health", health, colour_of(health));
  for (const auto& why : bus::get<bus::Strings>(status, "HealthReasons"))
    facts.add("", why, colour_of(health));
  facts.add("reload", text(status, "ConfigError"), Colour::red);
  facts.add("audited", text(status, "LastAuditedDay"));
  facts.add("late since", text(status, "OldestPendingDay"), Colour::yellow);
  facts.add("last cycle", spell_time(number(status, "LastCycleUSec"), now));
  facts.add("next cycle", spell_time(number(status, "NextCycleUSec"), now));
  facts.add("started", spell_time(number(status, "StartedUSec"), now));
  facts.add("since then",
            fmt::format("{} days, {} rows, {} reconnects", number(status, "DaysSynced"),
                        number(status, "RowsSynced"), number(status, "Reconnects")));
  if (const auto failed = number(status, "FailedDays"); failed != 0)
    facts.add("in ERROR", fmt::format("{} days", failed), Colour::red);
  return facts.text();
}

Table places_table(const Dict& status, Instant now) {
  Table table({{"PLACE"},
               {"LINK"},
               {"PENDING", Align::right},
               {"LATE", Align::right},
               {"LAST SUCCESS"},
               {"ERROR"}});
  for (const Dict& place : places_of(status)) {
    const bool up = bus::get<bool>(place, "Up");
    const bool down = number(place, "DownSinceUSec") != 0;
    table.add({{text(place, "Name")},
               {up     ? "up"
                : down ? "down"
                       : "connecting",
                up ? Colour::green : Colour::red},
               count(place, "PendingDays"),
               count(place, "LateDays", Colour::yellow),
               {spell_time(number(place, "LastSuccessUSec"), now)},
               error(place)});
  }
  return table;
}

std::vector<Dict> targets(const Dict& day) {
  return bus::get<std::vector<Dict>>(day, "Targets");
}

Cell state_of(const Dict& target) {
  if (bus::get<bool>(target, "Pending")) return {"pending", Colour::yellow};
  if (!bus::get<bool>(target, "Recorded")) return {"missing", Colour::red};
  return bus::get<bool>(target, "Closed") ? Cell{"closed", Colour::green} : Cell{"open"};
}

/// What one target has, or that they differ.
Cell agreed(const Dict& day, std::string (*figure)(const Dict&)) {
  std::set<std::string> values;
  for (const Dict& target : targets(day))
    if (bus::get<bool>(target, "Recorded")) values.insert(figure(target));
  if (values.empty()) return {};
  return values.size() == 1 ? Cell{*values.begin()} : Cell{"differ", Colour::red};
}

std::vector<Table::Column> days_columns(const Dict& day) {
  std::vector<Table::Column> columns{{"DATE"}, {"ROWS", Align::right}, {"SALES", Align::right}};
  for (const Dict& target : targets(day)) {
    std::string name = text(target, "Target");
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    columns.push_back({name});
  }
  columns.push_back({"ERROR"});
  return columns;
}

}  // namespace

std::string status_view(const Dict& status, Instant now, bool coloured) {
  const auto head = title(status);
  return (coloured ? painted(head, Colour::bold) : head) + facts_of(status, now, coloured) +
         placed(places_table(status, now), coloured);
}

std::string days_view(const std::vector<Dict>& days, bool coloured) {
  if (days.empty()) return "no days\n";
  Table table(days_columns(days.front()));
  for (const Dict& day : days) {
    std::vector<Cell> row{
        {text(day, "Date")},
        agreed(day, [](const Dict& target) { return std::to_string(number(target, "Rows")); }),
        agreed(day, [](const Dict& target) { return text(target, "Sales"); })};
    for (const Dict& target : targets(day)) row.push_back(state_of(target));
    row.push_back(error(day));
    table.add(std::move(row));
  }
  return table.text(coloured);
}

std::string day_view(const Dict& day, Instant now, bool coloured) {
  std::string out = text(day, "Date") + '\n';
  if (const auto why = error(day); !why.text.empty())
    out += (coloured ? painted(why.text, why.colour) : why.text) + '\n';
  for (const Dict& target : targets(day)) {
    Facts facts(coloured);
    const Cell state = state_of(target);
    facts.add(text(target, "Target").c_str(), state.text, state.colour);
    if (bus::get<bool>(target, "Recorded")) {
      facts.add("rows", std::to_string(number(target, "Rows")));
      facts.add("units", text(target, "Units"));
      facts.add("sales", text(target, "Sales"));
      facts.add("cost", text(target, "Cost"));
      facts.add("huella", text(target, "Huella"));
      facts.add("revision", std::to_string(bus::get<std::uint32_t>(target, "Revision")));
      facts.add("first sync", spell_time(number(target, "FirstSyncUSec"), now));
      facts.add("last sync", spell_time(number(target, "LastSyncUSec"), now));
      facts.add("verified", spell_time(number(target, "VerifiedUSec"), now));
    }
    out += '\n' + facts.text();
  }
  return out;
}

std::string jobs_view(const std::vector<Dict>& jobs, bool coloured) {
  if (jobs.empty()) return "no jobs\n";
  Table table({{"JOB", Align::right},
               {"KIND"},
               {"FROM"},
               {"TO"},
               {"DONE", Align::right},
               {"OF", Align::right},
               {"FAILED", Align::right},
               {"ERROR"}});
  for (const Dict& job : jobs)
    table.add({count(job, "Id"),
               {text(job, "Kind")},
               {text(job, "From")},
               {text(job, "To")},
               count(job, "Done"),
               count(job, "Total"),
               count(job, "Failed", Colour::red),
               error(job)});
  return table.text(coloured);
}

std::string job_title(const Dict& job) {
  return fmt::format("job {}: {} {} to {}", number(job, "Id"), text(job, "Kind"), text(job, "From"),
                     text(job, "To"));
}

}  // namespace consolidador::ctl
