// SPDX-License-Identifier: MIT
#include "daemon/service/day_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/lanes/day_text.hpp"

namespace consolidador {
namespace {

// The figures of a hold move with every sale: it is told once, until it ends.
constexpr const char* held_tale = "held";

std::string tale(const DayResult& result) {
  return result.ok() ? held_tale : result.error;
}

bool has_changed(const DayResult::InTarget& target) {
  return target.outcome && is_change(target.outcome->action);
}

/// A target may look at a day again before the other has: what its first look changed is the news.
void put(DayResult& result, DayResult::InTarget latest) {
  const auto earlier = std::ranges::find(result.targets, latest.name, &DayResult::InTarget::name);
  if (earlier == result.targets.end())
    result.targets.push_back(std::move(latest));
  else if (!has_changed(*earlier) || has_changed(latest) || !latest.error.empty())
    *earlier = std::move(latest);
}

}  // namespace

DayBook::DayBook(std::function<bool(Date)> still_working,
                 std::function<void(const DayResult&)> publish)
    : still_working_(std::move(still_working)), publish_(std::move(publish)) {}

void DayBook::add(const DayReport& report) {
  const Date date = report.task.date;
  suspects_.erase(date);
  note_hold(report);
  DayResult& result = open_[date];
  result.date = date;
  if (report.totals) result.totals = report.totals;
  result.attempts = std::max(result.attempts, report.attempts);
  result.duration = std::max(result.duration, report.duration);
  if (report.outcome && result.note.empty()) result.note = note_of(*report.outcome);
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

/// A failure says nothing about a hold.
void DayBook::note_hold(const DayReport& report) {
  if (!report.outcome) return;
  const TargetOutcome& outcome = *report.outcome;
  if (outcome.action == DayAction::held) {
    held_[report.task.date][report.target] = {outcome.reason, outcome.loss, outcome.conflict};
    return;
  }
  const auto found = held_.find(report.task.date);
  if (found == held_.end()) return;
  if (report.task.kind == TaskKind::restore) found->second.clear();  // the two are equal again
  found->second.erase(report.target);
  if (found->second.empty()) held_.erase(found);
}

void DayBook::forget_target(const std::string& target) {
  for (auto& [date, holds] : held_) holds.erase(target);
  std::erase_if(held_, [](const auto& entry) { return entry.second.empty(); });
}

std::vector<Date> DayBook::held() const {
  std::vector<Date> dates;
  for (const auto& [date, holds] : held_) dates.push_back(date);
  return dates;
}

const DayBook::Hold* DayBook::hold(Date date) const {
  const auto found = held_.find(date);
  if (found == held_.end()) return nullptr;
  const auto rows = [](const auto& entry) {
    return entry.second.loss ? entry.second.loss->held.filas : 0;
  };
  return &std::ranges::max_element(found->second, {}, rows)->second;
}

std::optional<ApprovedLoss> DayBook::loss(Date date) const {
  const Hold* worst = hold(date);
  if (!worst || !worst->loss) return std::nullopt;
  ApprovedLoss loss{worst->loss->wanted, {}};
  for (const auto& [target, hold] : held_.at(date))
    if (hold.loss) loss.shown = larger_of(loss.shown, hold.loss->most);
  return loss;
}

void DayBook::finish(Date date) {
  DayResult result = std::move(open_[date]);
  open_.erase(date);
  for (const auto& target : result.targets)
    if (!target.error.empty())
      result.error += fmt::format("{}{}", result.error.empty() ? "" : "; ", target.error);
  if (const Hold* held = hold(date); held && result.ok())
    result.hold = hold_text(date, held->reason, held->loss, held->conflict);
  const bool news = is_news(result);
  const auto told = told_.find(date);
  result.released =
      result.estado() == Estado::ok && told != told_.end() && told->second == held_tale;
  if (result.ok())
    failed_.erase(date);
  else
    failed_[date] = result.error;
  if (result.estado() == Estado::ok)
    told_.erase(date);
  else
    told_[date] = tale(result);
  if (news) publish_(result);
}

bool DayBook::is_news(const DayResult& result) const {
  const auto told = told_.find(result.date);
  if (std::ranges::any_of(result.targets, has_changed)) return true;
  if (result.estado() == Estado::ok) return told != told_.end();
  return told == told_.end() || told->second != tale(result);
}

void DayBook::remember(const std::map<Date, BitacoraEntry>& entries) {
  for (const auto& [date, entry] : entries) {
    if (entry.estado == Estado::error) told_[date] = entry.error;
    if (entry.estado != Estado::held) continue;
    told_[date] = held_tale;
    suspects_.insert(date);
  }
}

}  // namespace consolidador
