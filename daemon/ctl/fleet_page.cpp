// SPDX-License-Identifier: MIT
#include "daemon/ctl/fleet_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "daemon/ctl/fleet_view.hpp"
#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

constexpr std::array states{FleetDayState::audited, FleetDayState::pending, FleetDayState::failed,
                            FleetDayState::held, FleetDayState::absent};

// {0}: the moment. Nothing may be loaded, not even by a name that got through unescaped.
constexpr const char* head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Branches, {0}</title>
<style>)";

constexpr const char* style = R"(
:root { --green: #2a9d5c; --yellow: #f4b400; --red: #c5221f; --violet: #6a3fb5; --grey: #5f6368; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1rem; color: #202124; background: #f8f9fa;
  font: 1rem/1.4 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
p, details { margin: .2rem 0; }
small, .facts, .axis, summary { color: var(--grey); font-size: .85rem; font-weight: normal; }
.lights { display: flex; gap: .5rem; margin: .8rem 0; padding: 0; list-style: none; }
.lights li { flex: 1; padding: .5rem; border-radius: .4rem; color: #fff; text-align: center; }
.lights b { display: block; font-size: 1.8rem; line-height: 1.1; }
.lights .green { background: #1e7e47; }
.lights .yellow { background: var(--yellow); color: #202124; }
.lights .red { background: var(--red); }
.legend i { display: inline-block; width: .9rem; height: .9rem; margin: 0 .3rem 0 .6rem;
  vertical-align: -.1rem; }
article { display: grid; grid-template-columns: 22rem 1fr; gap: .2rem 1.5rem; margin: .6rem 0;
  padding: .6rem .8rem; background: #fff; border-left: .5rem solid; border-radius: .3rem; }
article > * { min-width: 0; }
article.green { border-color: var(--green); }
article.yellow { border-color: var(--yellow); }
article.red { border-color: var(--red); }
.why, .reasons { overflow-wrap: anywhere; }
.why { font-weight: 600; }
.days { display: flex; height: 2rem; }
.days i { flex: 1; margin-right: 1px; }
.audited { background: var(--green); }
.pending { background: linear-gradient(to top, var(--yellow) 65%, #fdeab8 65%); }
.failed { background: var(--red); }
.held { background: repeating-linear-gradient(to top, var(--violet) 0 4px, #d9c7f2 4px 6px); }
.absent { background: repeating-linear-gradient(135deg, #3c4043 0 2px, #fff 2px 4px);
  outline: 1px solid #3c4043; outline-offset: -1px; }
.axis { position: relative; height: 1.2rem; }
.axis span { position: absolute; border-left: 1px solid; padding-left: .2rem; line-height: 1; }
@media (max-width: 50rem) {
  body { padding: .6rem; }
  article { grid-template-columns: 1fr; }
  .days i { margin: 0; }
}
</style>
</head>
<body>
)";

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

/// One page; what it is given as text it escapes.
class Page {
 public:
  Page(const Fleet& fleet, unsigned calendar_days)
      : fleet_(fleet), first_(fleet.today - std::chrono::days(calendar_days - 1)) {
    for (const FleetDay& day : fleet.days) days_[day.branch_id].push_back(day);
  }

  std::string text(Instant now) {
    const auto moment =
        fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(std::chrono::system_clock::to_time_t(now)));
    out_ = fmt::format(head, moment) + style;
    add_header(moment);
    out_ += "<main>\n";
    for (const FleetBranch& branch : fleet_.branches) add_branch(branch);
    out_ += "</main>\n</body>\n</html>\n";
    return out_;
  }

 private:
  void add_header(const std::string& moment) {
    out_ += fmt::format("<header>\n<h1>Branches</h1>\n<p>{}</p>\n<ul class=\"lights\">\n", moment);
    for (const Light light : {Light::red, Light::yellow, Light::green})
      out_ += fmt::format("<li class=\"{0}\"><b>{1}</b>{0}</li>\n", word(light),
                          std::ranges::count(fleet_.branches, light, &FleetBranch::light));
    out_ += "</ul>\n<p class=\"legend\">";
    for (const FleetDayState state : states)
      out_ += fmt::format("<i class=\"{0}\"></i>{0}", word(state));
    out_ += "</p>\n</header>\n";
  }

  void add_branch(const FleetBranch& branch) {
    out_ +=
        fmt::format("<article class=\"{}\">\n<div>\n<h2>{} <small>{}, {}</small></h2>\n",
                    word(branch.light), escape_html(branch.name), branch.id, word(branch.light));
    add_paragraph("why", causes_text(branch));
    add_paragraph("reasons", branch.reasons);
    add_paragraph(
        "facts", fmt::format("contact {}, audited {}{}", contact_text(branch), audited_text(branch),
                             branch.version.empty() ? "" : ", version " + branch.version));
    add_paragraph("facts", today_text(branch));
    out_ += "</div>\n<div>\n";
    add_calendar(days_[branch.id]);
    out_ += "</div>\n</article>\n";
  }

  void add_paragraph(const char* name, const std::string& text) {
    if (!text.empty()) out_ += fmt::format("<p class=\"{}\">{}</p>\n", name, escape_html(text));
  }

  static std::string today_text(const FleetBranch& branch) {
    if (!branch.rows) return "nothing of today";
    auto text = fmt::format("today {} rows, {}", *branch.rows, branch.sales);
    if (branch.usual_rows)
      text += fmt::format("; usually {} rows, {}", *branch.usual_rows, branch.usual_sales);
    return branch.percent ? text + fmt::format(" ({} %)", *branch.percent) : text;
  }

  void add_calendar(const std::vector<FleetDay>& days) {
    out_ += fmt::format("<div class=\"days\" role=\"img\" aria-label=\"{}\">", counted(days));
    auto day = days.begin();
    for (Date date = first_; date <= fleet_.today; date += std::chrono::days(1))
      if (day != days.end() && day->date == date)
        add_cell(*day++);
      else
        out_ += "<i></i>";
    out_ += "</div>\n";
    add_axis();
    add_list(days);
  }

  void add_cell(const FleetDay& day) {
    const auto name = word(day.state);
    out_ += day.state == FleetDayState::audited
                ? fmt::format("<i class=\"{}\"></i>", name)
                : fmt::format("<i class=\"{0}\" title=\"{1} {0}\"></i>", name, to_string(day.date));
  }

  void add_axis() {
    const auto all = (fleet_.today - first_).count() + 1;
    out_ += "<div class=\"axis\">";
    for (Date date = first_; date <= fleet_.today; date += std::chrono::days(1))
      if (std::chrono::year_month_day(date).day() == std::chrono::day(1))
        out_ += fmt::format(
            "<span style=\"left:{:.1f}%\">{:.7}</span>",
            100.0 * static_cast<double>((date - first_).count()) / static_cast<double>(all),
            to_string(date));
    out_ += "</div>\n";
  }

  void add_list(const std::vector<FleetDay>& days) {
    std::string items;
    for (const Run& run : runs_of(days))
      if (run.state != FleetDayState::audited)
        items += fmt::format("<p>{} {}</p>", spell(run.days), word(run.state));
    if (!items.empty())
      out_ += fmt::format("<details><summary>{}</summary>{}</details>\n", counted(days), items);
  }

  const Fleet& fleet_;
  Date first_;
  std::map<std::int64_t, std::vector<FleetDay>> days_;
  std::string out_;
};

}  // namespace

std::string fleet_page(const Fleet& fleet, Instant now, unsigned calendar_days) {
  return Page(fleet, calendar_days).text(now);
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else
      out += c;
  }
  return out;
}

}  // namespace consolidador::ctl
