// SPDX-License-Identifier: MIT
#include "daemon/day_book.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace consolidador {
namespace {

bool is_change(const DayResult::InTarget& target) {
  return target.outcome && target.outcome->action != DayAction::unchanged;
}

/// A target may look at a day again before the other has: what its first look changed is the news.
void put(DayResult& result, DayResult::InTarget latest) {
  const auto earlier = std::ranges::find(result.targets, latest.name, &DayResult::InTarget::name);
  if (earlier == result.targets.end())
    result.targets.push_back(std::move(latest));
  else if (!is_change(*earlier) || is_change(latest) || !latest.error.empty())
    *earlier = std::move(latest);
}

}  // namespace

DayBook::DayBook(std::function<bool(Date)> still_working,
                 std::function<void(const DayResult&)> publish)
    : still_working_(std::move(still_working)), publish_(std::move(publish)) {}

void DayBook::add(const DayReport& report) {
  const Date date = report.task.date;
  DayResult& result = open_[date];
  result.date = date;
  if (report.totals) result.totals = report.totals;
  result.attempts = std::max(result.attempts, report.attempts);
  result.duration = std::max(result.duration, report.duration);
  const std::string error = report.error ? report.error->what() : "";
  if (report.totals)
    put(result, {report.target, report.outcome, error});
  else
    result.error = error;  // the extraction's: once for all
  if (!still_working_(date)) finish(date);
}

void DayBook::flush() {
  std::vector<Date> waiting;
  for (const auto& [date, result] : open_)
    if (!still_working_(date)) waiting.push_back(date);
  for (const Date date : waiting) finish(date);
}

void DayBook::finish(Date date) {
  DayResult result = std::move(open_[date]);
  open_.erase(date);
  for (const auto& target : result.targets)
    if (!target.error.empty())
      result.error += fmt::format("{}{}", result.error.empty() ? "" : "; ", target.error);
  const bool news = is_news(result);
  if (result.ok()) {
    failed_.erase(date);
    told_.erase(date);
  } else {
    failed_[date] = result.error;
    told_[date] = result.error;
  }
  if (news) publish_(result);
}

bool DayBook::is_news(const DayResult& result) const {
  const auto told = told_.find(result.date);
  if (!result.ok()) return told == told_.end() || told->second != result.error;
  return told != told_.end() || std::ranges::any_of(result.targets, is_change);
}

void DayBook::remember(const std::map<Date, BitacoraEntry>& entries) {
  for (const auto& [date, entry] : entries)
    if (!entry.ok) told_[date] = entry.error;
}

}  // namespace consolidador
