// SPDX-License-Identifier: MIT
#include "daemon/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/lanes/day_text.hpp"

namespace consolidador {
namespace {

using Align = Table::Align;

constexpr std::size_t screenful = 40;

std::string describe(const DayResult::InTarget& target) {
  if (!target.outcome) return "ERROR";
  const TargetOutcome& outcome = *target.outcome;
  std::string text(english(outcome.action));
  if (outcome.written != 0) text += fmt::format(" +{}", outcome.written);
  if (outcome.removed != 0) text += fmt::format(" -{}", outcome.removed);
  return text;
}

bool has_news(const DayResult& result) {
  return result.estado() != Estado::ok ||
         std::ranges::any_of(result.targets, [](const auto& target) {
           return target.outcome && is_change(target.outcome->action);
         });
}

}  // namespace

void Summary::add(const DayResult& result) {
  if (!result.ok()) ++failed_;
  if (result.estado() == Estado::held) ++held_;
  Line line;
  line.news = has_news(result);
  line.date = to_string(result.date);
  line.rows = line.sales = "-";
  line.local = line.vps = "-";
  line.note = result.hold.empty() ? result.error : result.hold;
  if (line.note.empty()) line.note = result.note;
  if (result.totals) {
    rows_ += result.totals->filas;
    sales_ += result.totals->venta;
    line.rows = std::to_string(result.totals->filas);
    line.sales = result.totals->venta.to_string();
  }
  for (const auto& target : result.targets)
    (target.name == "local" ? line.local : line.vps) = describe(target);
  lines_.push_back(std::move(line));
}

std::string Summary::verdict() const {
  if (failed_ + held_ == 0) return "all well";
  if (held_ == 0) return fmt::format("{} in ERROR", failed_);
  const auto held = fmt::format("{} held", held_);
  return failed_ == 0 ? held : fmt::format("{} in ERROR, {}", failed_, held);
}

std::string Summary::text(bool planned, const Look& look) const {
  const bool all = lines_.size() <= screenful;
  Table table({{"day"}, {"rows", Align::right}, {"sales", Align::right}, {"local"}, {"vps"}, {}});
  std::size_t quiet = 0;
  std::string_view last_note;
  for (const Line& line : lines_) {
    if (!all && !line.news) {
      ++quiet;
      continue;
    }
    const bool repeats = !line.note.empty() && line.note == last_note;
    table.add({{line.date},
               {line.rows},
               {line.sales},
               {line.local},
               {line.vps},
               {repeats ? "(as above)" : line.note}});
    last_note = line.note;
  }
  auto text = table.text(look);
  if (quiet != 0) text += fmt::format("{} more days were up to date\n", quiet);
  return text + fmt::format("{} days, {} rows, sales {}: {}{}\n", lines_.size(), rows_,
                            sales_.to_string(), verdict(), planned ? " (nothing was written)" : "");
}

}  // namespace consolidador
