// SPDX-License-Identifier: MIT
#include "daemon/ctl/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/ctl/loss_view.hpp"
#include "lib/core/text.hpp"
#include "lib/sync/quarantine.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Align = Table::Align;

Cell count(std::uint64_t value, Colour when_any = Colour::none) {
  return {std::to_string(value), value == 0 ? Colour::none : when_any};
}

Cell error(const Dict& dict) {
  return {text(dict, "Error"), Colour::red};
}

/// A text of its own, as the look has room.
std::string in_lines(const Cell& cell, const Look& look) {
  std::string text;
  for (const std::string& line : wrapped(cell.text, look.width))
    text += look.painted(line, cell.colour) + '\n';
  return text;
}

Colour colour_of(const std::string& word) {
  if (word == "ok" || word == "idle" || word == "done") return Colour::green;
  if (word == "degraded" || word == "paused") return Colour::yellow;
  return word == "failing" || word == "failed" ? Colour::red : Colour::none;
}

/// The lines at the top: a word and what it is.
class Facts {
 public:
  /// `names`: how wide the longest name is.
  explicit Facts(const Look& look, std::size_t names = 12) : look_(look), names_(names) {}

  void add(const std::string& name, const std::string& value, Colour colour = Colour::none) {
    if (value.empty()) return;
    auto title = name;
    for (const std::string& line : wrapped(value, room()))
      text_ += fmt::format("  {:<{}} {}\n", std::exchange(title, ""), names_,
                           look_.painted(line, colour));
  }
  const std::string& text() const noexcept { return text_; }

 private:
  std::size_t room() const { return look_.width - std::min(look_.width - 1, names_ + 3); }

  const Look& look_;
  std::size_t names_;
  std::string text_;
};

std::string title(const Status& status) {
  return fmt::format("Branch {}{}{}, consolidadord {}\n", status.branch_id,
                     status.branch_name.empty() ? "" : " ", status.branch_name, status.version);
}

void add_counts(const Status& status, Facts& facts) {
  facts.add("since then", fmt::format("{}, {}, {}", counted(status.days_synced, "day task"),
                                      counted(status.rows_synced, "row"),
                                      counted(status.reconnects, "reconnect")));
  if (status.failed_days != 0)
    facts.add("in ERROR", counted(status.failed_days, "day"), Colour::red);
  if (status.held_days != 0)
    facts.add("held", counted(status.held_days, "day") + "; see `days --held`", Colour::yellow);
  if (status.rejected_rows != 0)
    facts.add("rejected",
              fmt::format("{} in {}; see `days`", counted(status.rejected_rows, "row"),
                          counted(status.rejected_days, "day")),
              Colour::yellow);
  if (status.archived_days != 0)
    facts.add("archived",
              counted(status.archived_days, "day") + ", POS begins " + status.pos_begins_day);
}

/// Of a refused reload the health says why, also where nothing else is wrong.
bool is_among_reasons(const Status& status) {
  return std::ranges::any_of(status.health_reasons, [&](const std::string& reason) {
    return reason.find(status.config_error) != std::string::npos;
  });
}

std::string facts_of(const Status& status, Instant now, const Look& look) {
  Facts facts(look);
  const auto& reason = status.pause_reason;
  facts.add("state", status.state + (reason.empty() ? "" : ": " + reason), colour_of(status.state));
  facts.add("health", status.health, colour_of(status.health));
  for (const auto& why : status.health_reasons) facts.add("", why, colour_of(status.health));
  if (!status.modes.empty())
    facts.add("modes", fmt::format("{}", fmt::join(status.modes, ", ")), Colour::yellow);
  if (!is_among_reasons(status)) facts.add("reload", status.config_error, Colour::red);
  facts.add("audited", status.last_audited_day);
  facts.add("late since", status.oldest_pending_day, Colour::yellow);
  facts.add("last cycle", spell_time(status.last_cycle, now));
  facts.add("next cycle", spell_time(status.next_cycle, now));
  facts.add("started", spell_time(status.started, now));
  add_counts(status, facts);
  return facts.text();
}

Cell link_of(const PlaceStatus& place) {
  if (place.up) return {"up", Colour::green};
  return {place.down_since != 0 ? "down" : "connecting", Colour::red};
}

std::string places_text(const Status& status, Instant now, const Look& look) {
  if (status.places.empty()) return {};
  Table table({{"PLACE"},
               {"LINK"},
               {"PENDING", Align::right},
               {"LATE", Align::right},
               {"LAST SUCCESS"},
               {"ERROR"}});
  for (const PlaceStatus& place : status.places)
    table.add({{place.name},
               link_of(place),
               count(place.pending_days),
               count(place.late_days, Colour::yellow),
               {spell_time(place.last_success, now)},
               {place.error, Colour::red}});
  return '\n' + table.text(look);
}

std::vector<Dict> targets(const Dict& day) {
  return bus::get<std::vector<Dict>>(day, "Targets");
}

/// A held day waits for a person in each target, also where it would be written.
Cell state_of(const Dict& day, const Dict& target) {
  const bool recorded = bus::get<bool>(target, "Recorded");
  if (is_held(day) && recorded) return {"held", Colour::yellow};
  if (!recorded && !was_asked(target)) return {"unknown", Colour::yellow};
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

Cell rejected(const Dict& day) {
  return {rejections_text({number(day, "RejectedRows"), text(day, "Rejected")}), Colour::yellow};
}

Cell waits(const Dict& day) {
  if (!find(day, "Waits")) return {};  // of an older daemon
  return {text(day, "Waits"), Colour::yellow};
}

/// Why the day is not as it should be.
Cell trouble(const Dict& day) {
  if (is_held(day)) return {text(day, "Held"), Colour::yellow};
  if (const Cell why = error(day); !why.text.empty()) return why;
  const Cell why = waits(day);
  return why.text.empty() ? rejected(day) : why;
}

/// What a person can do about a held day.
std::string next_step(const Dict& day) {
  const auto date = text(day, "Date");
  if (is_conflict(day))
    return fmt::format("consolidadorctl restore {} --from local|vps --reason TEXT", date);
  if (bus::get<Dict>(day, "Loss").entries.empty())
    return "wait until both targets are up; if it stays, restore the day's rows from a backup of "
           "either "
           "database";
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

std::string held_facts(const Dict& day, const Look& look) {
  if (!is_held(day)) return {};
  Facts facts(look);
  facts.add("held", text(day, "Held"), Colour::yellow);
  facts.add("would go", loss_text(day), Colour::yellow);
  facts.add("next step", next_step(day));
  return facts.text();
}

}  // namespace

std::string status_view(const Status& status, Instant now, const Look& look) {
  return look.painted(title(status), Colour::bold) + facts_of(status, now, look) +
         places_text(status, now, look);
}

std::string days_view(const std::vector<Dict>& days, const Look& look) {
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
  if (held == days.end()) return table.text(look);
  return table.text(look) + '\n' + in_lines({"held: " + next_step(*held)}, look);
}

std::string held_line(const Dict& day) {
  constexpr std::size_t longest = 60;
  const auto date = text(day, "Date");
  const auto reason = text(day, "Held");
  return fmt::format("{0} is held: {1}; see `day {0}`", date, abridged(reason, longest));
}

std::string day_view(const Dict& day, Instant now, const Look& look) {
  std::string out = text(day, "Date") + '\n';
  if (const auto why = error(day); !why.text.empty()) out += in_lines(why, look);
  if (const auto why = waits(day); !why.text.empty()) out += in_lines(why, look);
  if (const auto rows = rejected(day); !rows.text.empty()) out += in_lines(rows, look);
  out += held_facts(day, look);
  for (const Dict& target : targets(day)) {
    Facts facts(look, std::string_view("ledger revision").size());
    const Cell state = state_of(day, target);
    facts.add(text(target, "Target"), state.text, state.colour);
    if (bus::get<bool>(target, "Recorded")) {
      facts.add("rows", std::to_string(number(target, "Rows")));
      facts.add("units", text(target, "Units"));
      facts.add("sales", text(target, "Sales"));
      facts.add("cost", text(target, "Cost"));
      facts.add("huella", text(target, "Huella"));
      facts.add("ledger revision", std::to_string(bus::get<std::uint32_t>(target, "Revision")));
      facts.add("first sync", spell_time(number(target, "FirstSyncUSec"), now));
      facts.add("last sync", spell_time(number(target, "LastSyncUSec"), now));
      facts.add("verified", spell_time(number(target, "VerifiedUSec"), now));
    }
    out += '\n' + facts.text();
  }
  return out;
}

std::string requests_view(const std::vector<Dict>& requests, const Look& look) {
  if (requests.empty()) return "no requests\n";
  Table table({{"REQUEST", Align::right},
               {"KIND"},
               {"FROM"},
               {"TO"},
               {"DAY TASKS", Align::right},
               {"FAILED", Align::right},
               {"ERROR"}});
  for (const Dict& request : requests)
    table.add({count(number(request, "Id")),
               {text(request, "Kind")},
               {text(request, "From")},
               {text(request, "To")},
               {fmt::format("{} of {}", number(request, "Done"), number(request, "Total"))},
               count(number(request, "Failed"), Colour::red),
               error(request)});
  return table.text(look);
}

std::string request_title(const Dict& request) {
  return fmt::format("request {}: {} {} to {}", number(request, "Id"), text(request, "Kind"),
                     text(request, "From"), text(request, "To"));
}

std::string request_outcome(const Dict& request) {
  const auto done = number(request, "Done");
  const auto total = number(request, "Total");
  const auto failed = number(request, "Failed");
  const auto held = find(request, "Held") ? number(request, "Held") : 0;  // not of an older daemon
  auto outcome = fmt::format("{}: {}, {} of {} day tasks, {} failed", request_title(request),
                             text(request, "State"), done, total, failed);
  if (held != 0) outcome += fmt::format(", {} of them held: a person has to decide", held);
  if (total != 0 && failed == total) outcome += "; nothing was done of what was asked for";
  if (text(request, "State") == "cancelled" && done < total)
    outcome += fmt::format("; the other {} were not done", total - done);
  return outcome;
}

}  // namespace consolidador::ctl
