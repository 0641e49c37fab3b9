// SPDX-License-Identifier: MIT
#include "daemon/service/day_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/lanes/day_text.hpp"

namespace consolidador {
namespace {

// The figures of a hold move with every sale, and each attempt fails in other words: they are told
// once, until they end.
constexpr const char* held_tale = "held";
constexpr const char* pending_tale = "pending";

std::string tale(const DayResult& result) {
  if (!result.ok()) return result.error;
  return result.hold.empty() ? pending_tale : held_tale;
}

/// A target that only wants to look again lacks nothing.
std::map<std::string, std::string> lacking(const std::vector<Outstanding>& outstanding,
                                           const std::optional<DayTotals>& totals) {
  std::map<std::string, std::string> lacking;
  for (const Outstanding& one : outstanding)
    if (!totals || one.recorded != totals) lacking.emplace(one.target, one.why);
  return lacking;
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

DayBook::DayBook(std::function<std::vector<Outstanding>(Date)> outstanding,
                 std::function<void(const DayResult&)> publish)
    : outstanding_(std::move(outstanding)), publish_(std::move(publish)) {}

DayResult& DayBook::open(const DayReport& report) {
  OpenDay& day = open_[report.task.date];
  day.reported[report.target] = report.totals;
  DayResult& result = day.result;
  result.date = report.task.date;
  if (report.totals) result.totals = report.totals;
  if (report.totals) result.rejected = report.rejected;
  result.attempts = std::max(result.attempts, report.attempts);
  result.duration = std::max(result.duration, report.duration);
  return result;
}

void DayBook::add_retry(const DayReport& report) {
  open(report);
  finish_unless_awaited(report.task.date);
}

void DayBook::add(const DayReport& report) {
  const Date date = report.task.date;
  note_hold(report);
  note_rejected(report);
  DayResult& result = open(report);
  if (report.outcome && result.note.empty()) result.note = note_of(*report.outcome);
  const std::string error = report.error ? report.error->what() : "";
  if (report.totals)
    put(result, {report.target, report.outcome, error});
  else
    result.error = error;  // the extraction's: once for all
  finish_unless_awaited(date);
}

void DayBook::flush() {
  std::vector<Date> waiting;
  for (const auto& [date, day] : open_) waiting.push_back(date);
  for (const Date date : waiting) finish_unless_awaited(date);
}

/// Where a cycle takes longer than the time to the next, the day is wanted again at once: who has
/// reported is not waited for, unless it was on less than another has seen of it since.
void DayBook::finish_unless_awaited(Date date) {
  const auto outstanding = outstanding_(date);
  const OpenDay& day = open_[date];
  const auto is_awaited = [&](const Outstanding& one) {
    const auto found = day.reported.find(one.target);
    if (!one.soon) return false;
    return found == day.reported.end() || (found->second && found->second != day.result.totals);
  };
  if (std::ranges::none_of(outstanding, is_awaited)) finish(date, outstanding);
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

/// A failure says nothing about them either.
void DayBook::note_rejected(const DayReport& report) {
  if (!report.outcome) return;
  if (report.rejected.rows == 0)
    rejected_.erase(report.task.date);
  else
    rejected_[report.task.date] = report.rejected;
}

std::uint64_t DayBook::rejected_rows() const {
  std::uint64_t rows = 0;
  for (const auto& [date, rejections] : rejected_) rows += rejections.rows;
  return rows;
}

void DayBook::forget_target(const std::string& target) {
  for (auto& [date, holds] : held_) holds.erase(target);
  std::erase_if(held_, [](const auto& entry) { return entry.second.empty(); });
}

void DayBook::forget_day(Date date) {
  open_.erase(date);
  failed_.erase(date);
  held_.erase(date);
  suspects_.erase(date);
  rejected_.erase(date);
}

std::vector<Date> DayBook::held() const {
  std::vector<Date> dates;
  for (const auto& [date, holds] : held_) dates.push_back(date);
  return dates;
}

std::set<Date> DayBook::troubled() const {
  std::set<Date> dates = suspects_;
  for (const auto& [date, error] : failed_) dates.insert(date);
  for (const auto& [date, holds] : held_) dates.insert(date);
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

void DayBook::finish(Date date, const std::vector<Outstanding>& outstanding) {
  DayResult result = std::move(open_[date].result);
  open_.erase(date);
  suspects_.erase(date);
  for (const auto& target : result.targets)
    if (!target.error.empty())
      result.error += fmt::format("{}{}", result.error.empty() ? "" : "; ", target.error);
  if (const Hold* held = hold(date); held && result.ok())
    result.hold = hold_text(date, held->reason, held->loss, held->conflict);
  result.pending = lacking(outstanding, result.totals);
  const bool news = is_news(result);
  const auto told = told_.find(date);
  result.released =
      result.estado() == Estado::ok && told != told_.end() && told->second == held_tale;
  note_error(result);
  if (result.estado() == Estado::ok)
    told_.erase(date);
  else
    told_[date] = tale(result);
  if (!news) return;
  if (result.rejected.rows == 0)
    told_rejected_.erase(date);
  else
    told_rejected_[date] = rejections_text(result.rejected);
  publish_(result);
}

void DayBook::note_error(const DayResult& result) {
  if (result.ok()) {
    failed_.erase(result.date);
    error_since_.erase(result.date);
    return;
  }
  failed_[result.date] = result.error;
  error_since_.try_emplace(result.date, std::chrono::system_clock::now());
}

std::optional<std::chrono::system_clock::time_point> DayBook::failed_since() const {
  std::optional<std::chrono::system_clock::time_point> oldest;
  for (const auto& [date, error] : failed_)
    if (const auto since = error_since_.at(date); !oldest || since < *oldest) oldest = since;
  return oldest;
}

/// Of a day that did not fail: then its rows could be judged.
bool DayBook::rejections_are_news(const DayResult& result) const {
  if (!result.ok() || !result.totals) return false;
  const auto told = told_rejected_.find(result.date);
  if (told == told_rejected_.end()) return result.rejected.rows != 0;
  return result.rejected.rows == 0 ||
         told->second.find(rejections_text(result.rejected)) == std::string::npos;
}

bool DayBook::is_news(const DayResult& result) const {
  if (rejections_are_news(result)) return true;
  const auto told = told_.find(result.date);
  if (std::ranges::any_of(result.targets, has_changed)) return true;
  if (result.estado() == Estado::ok) return told != told_.end();
  return told == told_.end() || told->second != tale(result);
}

void DayBook::remember(const std::map<Date, BitacoraEntry>& entries) {
  for (const auto& [date, entry] : entries) {
    if (entry.note.find(" rejected: ") != std::string::npos) told_rejected_[date] = entry.note;
    if (entry.estado == Estado::error) told_[date] = entry.error;
    if (entry.estado == Estado::error && entry.registered) error_since_[date] = *entry.registered;
    if (entry.estado == Estado::pending) told_[date] = pending_tale;
    if (entry.estado == Estado::held) told_[date] = held_tale;
    if (entry.estado == Estado::error || entry.estado == Estado::held) suspects_.insert(date);
  }
}

}  // namespace consolidador
