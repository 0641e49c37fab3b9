// SPDX-License-Identifier: MIT
#include "daemon/ctl/fleet_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "daemon/ctl/fleet_changes.hpp"
#include "daemon/ctl/fleet_view.hpp"
#include "daemon/ctl/markup.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

constexpr std::array states{FleetDayState::audited, FleetDayState::pending, FleetDayState::failed,
                            FleetDayState::held, FleetDayState::absent};

/// Neighbouring days in the same state, for people: `2026-01-05 to 2026-01-07`.
struct Run {
  FleetDayState state;
  DateRange days;
};

std::vector<Run> runs_of(const std::vector<FleetDay>& days) {
  std::vector<Run> runs;
  for (const FleetDay& day : days) {
    const bool follows = !runs.empty() && runs.back().state == day.state &&
                         runs.back().days.last + std::chrono::days(1) == day.date;
    if (follows)
      runs.back().days.last = day.date;
    else
      runs.push_back({day.state, {day.date, day.date}});
  }
  return runs;
}

std::string spell(const DateRange& days) {
  return days.first == days.last
             ? to_string(days.first)
             : fmt::format("{} to {}", to_string(days.first), to_string(days.last));
}

std::string counted(const std::vector<FleetDay>& days) {
  std::string text;
  for (const FleetDayState state : states)
    if (const auto count = std::ranges::count(days, state, &FleetDay::state))
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word(state));
  return text;
}

/// A piece of markup with its places filled in; what is filled in is markup, too.
template <typename... Arguments>
std::string filled(std::string_view markup, const Arguments&... arguments) {
  return fmt::format(fmt::runtime(markup), arguments...) + '\n';
}

std::string paragraph(const char* name, const std::string& text) {
  return text.empty() ? "" : fmt::format("<p class=\"{}\">{}</p>\n", name, for_html(text));
}

std::string rows_text(std::int64_t rows) {
  return consolidador::counted(static_cast<std::uint64_t>(rows), "row");
}

std::string today_text(const FleetBranch& branch) {
  if (!branch.rows) return "nothing of today";
  auto text = fmt::format("today {}, {}", rows_text(*branch.rows), branch.sales);
  if (branch.usual_rows)
    text += fmt::format("; usually {}, {}", rows_text(*branch.usual_rows), branch.usual_sales);
  return branch.percent ? text + fmt::format(" ({} %)", *branch.percent) : text;
}

std::string paragraphs(const FleetBranch& branch) {
  const auto contact =
      fmt::format("contact {}, audited {}{}", contact_text(branch), audited_text(branch),
                  branch.version.empty() ? "" : ", version " + branch.version);
  const auto rejected = branch.rejected_rows == 0
                            ? std::string()
                            : fmt::format("{} of the POS rejected, of {}",
                                          consolidador::counted(branch.rejected_rows, "row"),
                                          consolidador::counted(branch.rejected_days, "day"));
  return paragraph("why", causes_text(branch)) + paragraph("reasons", branch.reasons) +
         paragraph("facts", rejected) + paragraph("facts", contact) +
         paragraph("facts", today_text(branch));
}

std::string cell(const FleetDay& day) {
  const auto name = word(day.state);
  return day.state == FleetDayState::audited
             ? fmt::format("<i class=\"{}\"></i>", name)
             : fmt::format("<i class=\"{0}\" title=\"{1} {0}\"></i>", name, to_string(day.date));
}

/// A cell for each day of the calendar; one of which nothing is known is blank.
std::string cells(const DateRange& calendar, const std::vector<FleetDay>& days) {
  std::string text;
  auto day = days.begin();
  for (Date date = calendar.first; date <= calendar.last; date += std::chrono::days(1))
    text += day != days.end() && day->date == date ? cell(*day++) : "<i></i>";
  return text;
}

/// The names of the months, each where it begins.
std::string months(const DateRange& calendar) {
  std::string text;
  const auto all = static_cast<double>((calendar.last - calendar.first).count() + 1);
  for (Date date = calendar.first; date <= calendar.last; date += std::chrono::days(1))
    if (std::chrono::year_month_day(date).day() == std::chrono::day(1))
      text += fmt::format("<span style=\"left:{:.1f}%\">{:.7}</span>",
                          100.0 * static_cast<double>((date - calendar.first).count()) / all,
                          to_string(date));
  return text;
}

/// The days that are not audited, folded away.
std::string exceptions(const std::vector<FleetDay>& days) {
  std::string items;
  for (const Run& run : runs_of(days))
    if (run.state != FleetDayState::audited)
      items += fmt::format("<p>{} {}</p>", spell(run.days), word(run.state));
  if (items.empty()) return items;
  return fmt::format("<details><summary>{}</summary>{}</details>\n", counted(days), items);
}

std::string article(const FleetBranch& branch, const DateRange& calendar,
                    const std::vector<FleetDay>& days, const std::string& changes) {
  return filled(markup::branch, fmt::arg("light", word(branch.light)),
                fmt::arg("name", for_html(branch.name)), fmt::arg("id", branch.id),
                fmt::arg("paragraphs", paragraphs(branch)), fmt::arg("counted", counted(days)),
                fmt::arg("days", cells(calendar, days)), fmt::arg("months", months(calendar)),
                fmt::arg("exceptions", exceptions(days)), fmt::arg("changes", changes));
}

std::string articles(const Fleet& fleet, unsigned calendar_days) {
  std::map<std::int64_t, std::vector<FleetDay>> days;
  for (const FleetDay& day : fleet.days) days[day.branch_id].push_back(day);
  const DateRange calendar{fleet.today - std::chrono::days(calendar_days - 1), fleet.today};
  std::string text;
  for (const FleetBranch& branch : fleet.branches)
    text += article(branch, calendar, days[branch.id], changes_html(fleet, branch.id));
  return text;
}

std::string lights(const Fleet& fleet) {
  std::string text;
  for (const Light light : {Light::red, Light::yellow, Light::green})
    text += fmt::format("<li class=\"{0}\"><b>{1}</b>{0}</li>\n", word(light),
                        std::ranges::count(fleet.branches, light, &FleetBranch::light));
  return text;
}

std::string legend() {
  std::string text;
  for (const FleetDayState state : states)
    text += fmt::format("<i class=\"{0}\"></i>{0}", word(state));
  return text;
}

}  // namespace

std::string fleet_page(const Fleet& fleet, Instant now, unsigned calendar_days) {
  const auto moment =
      fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(std::chrono::system_clock::to_time_t(now)));
  return filled(markup::page, fmt::arg("moment", moment), fmt::arg("style", markup::style),
                fmt::arg("lights", lights(fleet)), fmt::arg("legend", legend()),
                fmt::arg("notice", paragraph("reasons", changes_notice(fleet))),
                fmt::arg("branches", articles(fleet, calendar_days)));
}

}  // namespace consolidador::ctl
