// SPDX-License-Identifier: MIT
#include "daemon/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/lanes/day_text.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

using Align = Table::Align;

constexpr std::size_t screenful = 40;

std::string describe(const DayResult::InTarget& target, bool planned) {
  if (!target.outcome) return "ERROR";
  const TargetOutcome& outcome = *target.outcome;
  std::string text(planned && is_change(outcome.action) ? "would be " : "");
  text += english(outcome.action);
  if (outcome.written != 0) text += fmt::format(" +{}", outcome.written);
  if (outcome.removed != 0) text += fmt::format(" -{}", outcome.removed);
  return text;
}

bool has_news(const DayResult& result) {
  return result.estado() != Estado::ok || result.rejected.rows != 0 ||
         std::ranges::any_of(result.targets, [](const auto& target) {
           return target.outcome && is_change(target.outcome->action);
         });
}

}  // namespace

Summary::Line Summary::line_of(const DayResult& result) const {
  Line line{result.date,
            result.estado(),
            result.totals,
            "-",
            "-",
            result.hold,
            has_news(result),
            std::ranges::any_of(result.targets,
                                [](const auto& target) {
                                  return target.outcome &&
                                         target.outcome->action == DayAction::postponed;
                                }),
            result.rejected.rows};
  if (line.note.empty()) line.note = result.error.empty() ? note_of(result) : result.error;
  for (const auto& target : result.targets)
    (target.name == "local" ? line.local : line.vps) = describe(target, planned_);
  return line;
}

void Summary::add(const DayResult& result) {
  lines_.push_back(line_of(result));
}

void Summary::replace(const DayResult& result) {
  const auto line = std::ranges::find(lines_, result.date, &Line::date);
  if (line != lines_.end()) *line = line_of(result);
}

std::size_t Summary::count(Estado estado) const {
  return static_cast<std::size_t>(std::ranges::count(lines_, estado, &Line::estado));
}

std::string Summary::verdict() const {
  const auto waiting = std::ranges::count(lines_, true, &Line::waits);
  if (failed() + held() == 0 && waiting != 0)
    return fmt::format("{} without sales wait until the VPS is asked", waiting);
  if (failed() + held() == 0) return "all well";
  if (held() == 0) return fmt::format("{} in ERROR", failed());
  const auto held_days = fmt::format("{} held", held());
  return failed() == 0 ? held_days : fmt::format("{} in ERROR, {}", failed(), held_days);
}

std::string Summary::rejected_text() const {
  std::uint64_t rows = 0;
  for (const Line& line : lines_) rows += line.rejected;
  return rows == 0 ? std::string() : fmt::format(", {} of the POS rejected", counted(rows, "row"));
}

std::string Summary::text(const Look& look) const {
  const bool all = lines_.size() <= screenful;
  Table table({{"day"}, {"rows", Align::right}, {"sales", Align::right}, {"local"}, {"vps"}, {}});
  std::size_t quiet = 0;
  std::string_view last_note;
  DayTotals sum;
  for (const Line& line : lines_) {
    if (line.totals) {
      sum.filas += line.totals->filas;
      sum.venta += line.totals->venta;
    }
    if (!all && !line.news) {
      ++quiet;
      continue;
    }
    const bool repeats = !line.note.empty() && line.note == last_note;
    table.add({{to_string(line.date)},
               {line.totals ? std::to_string(line.totals->filas) : "-"},
               {line.totals ? line.totals->venta.to_string() : "-"},
               {line.local},
               {line.vps},
               {repeats ? "(as above)" : line.note}});
    last_note = line.note;
  }
  auto text = table.text(look);
  if (quiet != 0)
    text +=
        fmt::format("{} {} up to date\n", counted(quiet, "more day"), quiet == 1 ? "was" : "were");
  return text + fmt::format("{}, {}, sales {}: {}{}{}\n", counted(lines_.size(), "day"),
                            counted(sum.filas, "row"), sum.venta.to_string(), verdict(),
                            rejected_text(), planned_ ? " (nothing was written)" : "");
}

}  // namespace consolidador
