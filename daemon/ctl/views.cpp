// SPDX-License-Identifier: MIT
#include "daemon/ctl/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/ctl/loss_view.hpp"
#include "daemon/ctl/table.hpp"
#include "lib/core/text.hpp"

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

std::string counted_days(std::uint64_t count) {
  return fmt::format("{} {}", count, count == 1 ? "day" : "days");
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
    facts.add("in ERROR", counted_days(failed), Colour::red);
  if (const auto held = number(status, "HeldDays"); held != 0)
    facts.add("held", counted_days(held) + "; see `days --held`", Colour::yellow);
  if (const auto archived = number(status, "ArchivedDays"); archived != 0)
    facts.add("archived", counted_days(archived) + ", POS begins " + text(status, "PosBeginsDay"));
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

/// A held day waits for a person in each target, also where it would be written.
Cell state_of(const Dict& day, const Dict& target) {
  const bool recorded = bus::get<bool>(target, "Recorded");
  if (is_held(day) && recorded) return {"held", Colour::yellow};
  if (bus::get<bool>(target, "Pending") && !is_held(day)) return {"pending", Colour::yellow};
  if (!recorded) return {"missing", Colour::red};
  if (bus::get<bool>(target, "Archived")) return {"archived", Colour::green};
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

/// Why the day is not as it should be.
Cell trouble(const Dict& day) {
  return is_held(day) ? Cell{text(day, "Held"), Colour::yellow} : error(day);
}

/// What a person can do about a held day.
std::string next_step(const Dict& day) {
  const auto date = text(day, "Date");
  if (is_conflict(day))
    return fmt::format("consolidadorctl restore {} --from local|vps --reason TEXT", date);
  if (bus::get<Dict>(day, "Loss").entries.empty())
    return "restore the day's rows from a backup of either database";
  return fmt::format(
      "bring the sales back into the POS, or consolidadorctl approve {} --reason TEXT", date);
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

std::string held_facts(const Dict& day, bool coloured) {
  if (!is_held(day)) return {};
  Facts facts(coloured);
  facts.add("held", text(day, "Held"), Colour::yellow);
  facts.add("would go", loss_text(day), Colour::yellow);
  facts.add("next step", next_step(day));
  return facts.text();
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
    for (const Dict& target : targets(day)) row.push_back(state_of(day, target));
    row.push_back(trouble(day));
    table.add(std::move(row));
  }
  const auto held = std::ranges::find_if(days, is_held);
  const auto step = held == days.end() ? std::string() : "\nheld: " + next_step(*held) + '\n';
  return table.text(coloured) + step;
}

std::string held_line(const Dict& day) {
  constexpr std::size_t longest = 60;
  const auto date = text(day, "Date");
  const auto reason = text(day, "Held");
  const auto beginning = shortened(reason, longest);
  return fmt::format("{0} is held: {1}{2}; see `day {0}`", date, beginning,
                     beginning.size() < reason.size() ? "..." : "");
}

std::string day_view(const Dict& day, Instant now, bool coloured) {
  std::string out = text(day, "Date") + '\n';
  if (const auto why = error(day); !why.text.empty())
    out += (coloured ? painted(why.text, why.colour) : why.text) + '\n';
  out += held_facts(day, coloured);
  for (const Dict& target : targets(day)) {
    Facts facts(coloured);
    const Cell state = state_of(day, target);
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
