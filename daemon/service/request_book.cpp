// SPDX-License-Identifier: MIT
#include "daemon/service/request_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace consolidador {

std::size_t RequestBook::open_days() const {
  std::size_t days = 0;
  for (const auto& [id, entry] : requests_) days += entry.open.size();
  return days;
}

RequestInfo RequestBook::add(std::uint64_t id, RequestKind kind, const DateRange& range,
                             std::set<DayInTargetKey> open) {
  Entry entry;
  entry.info.id = id;
  entry.info.kind = kind;
  entry.info.range = range;
  entry.info.total = open.size();
  entry.open = std::move(open);
  next_id_ = std::max(next_id_, id + 1);
  return requests_.insert_or_assign(id, std::move(entry)).first->second.info;
}

EndedDay ended_day(const DayReport& report) {
  const DayInTargetKey day{report.target, report.task.date};
  if (report.error) return {day, DayEnd::failed, report.error->what()};
  if (!report.outcome || report.outcome->action != DayAction::held) return {day};
  return {day, DayEnd::held,
          fmt::format("{} {} is held: {}", to_string(report.task.date), report.target,
                      report.outcome->reason)};
}

bool answers(const DayReport& report, TaskKind wanted) {
  const TaskKind kind = report.task.kind;
  if (!report.task.look) return false;  // it may have been remembered
  if (kind == wanted) return true;
  const bool held = report.outcome && report.outcome->action == DayAction::held;
  if (report.error || (kind == TaskKind::audit && held)) return false;
  return wanted < kind && kind != TaskKind::restore;
}

TaskKind task_kind(RequestKind kind) noexcept {
  switch (kind) {
    case RequestKind::sync:
    case RequestKind::backfill:
    case RequestKind::approve:
      return TaskKind::sync;
    case RequestKind::reprocess:
      return TaskKind::reprocess;
    case RequestKind::restore:
      return TaskKind::restore;
    case RequestKind::audit:
      break;
  }
  return TaskKind::audit;
}

void RequestBook::add_to(RequestInfo& info, const EndedDay& ended) {
  ++info.done;
  if (ended.end == DayEnd::done) return;
  ++info.failed;
  if (ended.end == DayEnd::held) ++info.held;
  if (info.error.empty()) info.error = ended.error;
}

void RequestBook::count(Entry& entry, const EndedDay& ended) {
  add_to(entry.info, ended);
  counted_(entry.info, ended);
}

template <typename Predicate>
std::size_t RequestBook::fail_where(Entry& entry, Predicate predicate, const std::string& error) {
  std::size_t failed = 0;
  for (auto day = entry.open.begin(); day != entry.open.end();) {
    if (!predicate(*day)) {
      ++day;
      continue;
    }
    const EndedDay ended{*day, DayEnd::failed, error};
    day = entry.open.erase(day);
    count(entry, ended);
    ++failed;
  }
  return failed;
}

RequestInfo RequestBook::recall(std::uint64_t id, const std::vector<EndedDay>& ended) {
  RequestInfo& info = requests_.at(id).info;
  for (const EndedDay& day : ended) add_to(info, day);
  info.total += ended.size();
  return info;
}

std::vector<RequestInfo> RequestBook::day_done(const DayReport& report) {
  std::vector<std::uint64_t> moved;
  for (auto& [id, entry] : requests_) {
    if (report.task.asked < entry.asked) continue;  // it was begun before: not what was asked for
    if (!answers(report, task_kind(entry.info.kind))) continue;
    if (entry.open.erase({report.target, report.task.date}) == 0) continue;
    count(entry, ended_day(report));
    moved.push_back(id);
  }
  return collect(moved);
}

std::vector<std::uint64_t> RequestBook::wanting(const DayInTargetKey& day) const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, entry] : requests_)
    if (entry.open.contains(day)) ids.push_back(id);
  return ids;
}

bool RequestBook::wants(std::uint64_t id, Date date) const {
  const auto found = requests_.find(id);
  return found != requests_.end() &&
         std::ranges::any_of(found->second.open,
                             [date](const auto& day) { return day.second == date; });
}

std::vector<RequestInfo> RequestBook::forget_target(const std::string& target) {
  const auto error = fmt::format("{} is not written to any more; ask again when it is", target);
  std::vector<std::uint64_t> moved;
  for (auto& [id, entry] : requests_)
    if (fail_where(
            entry, [&](const auto& day) { return day.first == target; }, error) != 0)
      moved.push_back(id);
  return collect(moved);
}

std::vector<RequestInfo> RequestBook::fail_day(std::uint64_t id, Date date,
                                               const std::string& error) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return {};
  const auto of_date = [date](const auto& day) { return day.second == date; };
  if (fail_where(found->second, of_date, error) == 0) return {};
  return collect({id});
}

std::vector<RequestInfo> RequestBook::collect(const std::vector<std::uint64_t>& moved) {
  std::vector<RequestInfo> infos;
  for (const auto id : moved) {
    Entry& entry = requests_.at(id);
    if (entry.open.empty())
      entry.info.state = entry.info.failed == 0 ? RequestState::done : RequestState::failed;
    infos.push_back(entry.info);
    if (entry.open.empty()) requests_.erase(id);
  }
  return infos;
}

std::optional<std::pair<RequestInfo, std::set<DayInTargetKey>>> RequestBook::cancel(
    std::uint64_t id) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return std::nullopt;
  Entry entry = std::move(found->second);
  requests_.erase(found);
  entry.info.state = RequestState::cancelled;
  return std::pair{entry.info, std::move(entry.open)};
}

std::vector<RequestInfo> RequestBook::running() const {
  std::vector<RequestInfo> infos;
  for (const auto& [id, entry] : requests_) infos.push_back(entry.info);
  return infos;
}

}  // namespace consolidador
