// SPDX-License-Identifier: MIT
#include "daemon/ctl/fleet_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "daemon/ctl/figures.hpp"
#include "daemon/ctl/fleet_changes.hpp"
#include "daemon/ctl/json.hpp"
#include "lib/core/duration.hpp"
#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Align = Table::Align;

constexpr std::string_view paused = "pausada";  // a heartbeat's reasons begin with it

constexpr std::array<std::pair<std::string_view, const char*>, 10> causes{
    {{paused, "paused"},
     {"sin_contacto", "no contact"},
     {"fallando", "failing"},
     {"degradada", "degraded"},
     {"retiene", "holds sales"},
     {"dias_fallidos", "days in ERROR"},
     {"pendientes", "days pending"},
     {"huecos", "days never sent"},
     {"filas_rechazadas", "rows of the POS rejected"},
     {"datos_invalidos", "days or times that cannot be"}}};

constexpr std::size_t named_days = 3;

std::string days_text(const std::vector<std::string>& days) {
  const auto named = std::min(days.size(), named_days);
  const auto text = fmt::format("{}", fmt::join(std::span(days).first(named), ", "));
  return named == days.size() ? text : fmt::format("{} and {} more", text, days.size() - named);
}

/// The light's, and before them that the branch is paused.
std::vector<std::string> causes_of(const FleetBranch& branch) {
  auto all = branch.causes;
  if (branch.reasons.starts_with(paused)) all.emplace(all.begin(), paused);
  return all;
}

std::string cause_text(const FleetBranch& branch, const std::string& cause) {
  const auto known = std::ranges::find(causes, cause, &decltype(causes)::value_type::first);
  if (known == causes.end()) return one_line(cause);
  if (cause == "filas_rechazadas")
    return fmt::format("{} of the POS rejected",
                       consolidador::counted(branch.rejected_rows, "row"));
  if (cause != "retiene") return known->second;
  return fmt::format("{} of {}", known->second, days_text(branch.held_days));
}

Colour colour_of(Light light) {
  return light == Light::green    ? Colour::green
         : light == Light::yellow ? Colour::yellow
                                  : Colour::red;
}

void put(Dict& dict, const char* key, const std::optional<std::int64_t>& figure) {
  if (figure) dict.entries.push_back({key, *figure});
}

void put(Dict& dict, const char* key, const std::string& text) {
  if (!text.empty()) dict.entries.push_back({key, text});
}

Dict branch_dict(const FleetBranch& branch) {
  Dict dict{{{"Branch", branch.id},
             {"Name", branch.name},
             {"Light", word(branch.light)},
             {"Causes", causes_of(branch)},
             {"Reasons", branch.reasons},
             {"PendingDays", branch.pending_days},
             {"FailedDays", branch.failed_days},
             {"HeldDays", branch.held_days},
             {"AbsentDays", branch.absent_days}}};
  if (branch.rejected_rows != 0) {
    dict.entries.push_back({"RejectedRows", branch.rejected_rows});
    dict.entries.push_back({"RejectedDays", branch.rejected_days});
  }
  if (branch.silence)
    dict.entries.push_back({"MinutesSilent", std::int64_t{branch.silence->count()}});
  if (branch.last_audited) put(dict, "LastAuditedDay", to_string(*branch.last_audited));
  put(dict, "Version", branch.version);
  put(dict, "Rows", branch.rows);
  put(dict, "UsualRows", branch.usual_rows);
  put(dict, "Sales", branch.sales);
  put(dict, "UsualSales", branch.usual_sales);
  put(dict, "Percent", branch.percent);
  return dict;
}

Dict gap_dict(const FleetGap& gap) {
  return {{{"Branch", gap.branch_id},
           {"From", to_string(gap.days.first)},
           {"To", to_string(gap.days.last)}}};
}

std::string count_text(std::uint64_t count) {
  return count == 0 ? "" : std::to_string(count);
}

}  // namespace

const char* word(Light light) {
  return light == Light::green ? "green" : light == Light::yellow ? "yellow" : "red";
}

const char* word(FleetDayState state) {
  constexpr std::array words{"audited", "pending", "failed", "held", "absent"};
  return words.at(static_cast<std::size_t>(state));
}

std::string causes_text(const FleetBranch& branch) {
  std::string text;
  for (const auto& cause : causes_of(branch))
    text += (text.empty() ? "" : ", ") + cause_text(branch, cause);
  return text;
}

std::string contact_text(const FleetBranch& branch) {
  if (!branch.silence) return "never";
  if (branch.silence->count() == 0) return "under 1 min ago";  // it is known in minutes
  return spell_duration(*branch.silence) + " ago";
}

std::string audited_text(const FleetBranch& branch) {
  return branch.last_audited ? to_string(*branch.last_audited) : "never";
}

std::string figure_text(const std::optional<std::int64_t>& figure) {
  return figure ? std::to_string(*figure) : "-";
}

std::string fleet_table(const Fleet& fleet, const Look& look) {
  if (fleet.branches.empty()) return "no branches\n";
  Table table({{"BRANCH", Align::right},
               {"NAME"},
               {"LIGHT"},
               {"CONTACT"},
               {"AUDITED"},
               {"PENDING", Align::right},
               {"ERROR", Align::right},
               {"HELD", Align::right},
               {"ABSENT", Align::right},
               {"ROWS", Align::right},
               {"USUAL", Align::right},
               {"SALES", Align::right},
               {"USUAL", Align::right},
               {"VERSION"},
               {"WHY"}});
  for (const FleetBranch& branch : fleet.branches)
    table.add({{std::to_string(branch.id)},
               {one_line(branch.name)},
               {word(branch.light), colour_of(branch.light)},
               {contact_text(branch)},
               {audited_text(branch)},
               {count_text(branch.pending_days), Colour::yellow},
               {count_text(branch.failed_days.size()), Colour::red},
               {count_text(branch.held_days.size()), Colour::yellow},
               {count_text(branch.absent_days), Colour::red},
               {figure_text(branch.rows)},
               {figure_text(branch.usual_rows)},
               {branch.sales.empty() ? "-" : branch.sales},
               {branch.usual_sales.empty() ? "-" : branch.usual_sales},
               {one_line(branch.version)},
               {causes_text(branch)}});
  return table.text(look) + changes_table(fleet, look);
}

std::string fleet_json(const Fleet& fleet) {
  std::vector<Dict> branches;
  for (const FleetBranch& branch : fleet.branches) branches.push_back(branch_dict(branch));
  std::vector<Dict> gaps;
  for (const FleetGap& gap : fleet.gaps) gaps.push_back(gap_dict(gap));
  Dict json{{{"Today", to_string(fleet.today)},
             {"Clock", fleet.clock},
             {"Branches", branches},
             {"Gaps", gaps},
             {"ChangedAfterClosing", changes_dicts(fleet)}}};
  put(json, "ChangesUnknown", one_line(fleet.no_memory));
  return to_json(json);
}

}  // namespace consolidador::ctl
