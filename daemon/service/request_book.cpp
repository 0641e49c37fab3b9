// SPDX-License-Identifier: MIT
#include "daemon/service/request_book.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace consolidador {

std::string_view to_string(RequestKind kind) noexcept {
  switch (kind) {
    case RequestKind::sync:
      return "sync";
    case RequestKind::backfill:
      return "backfill";
    case RequestKind::reprocess:
      return "reprocess";
    case RequestKind::audit:
      return "audit";
    case RequestKind::approve:
      return "approve";
    case RequestKind::restore:
      return "restore";
  }
  return "?";
}

std::string_view to_string(RequestState state) noexcept {
  switch (state) {
    case RequestState::running:
      return "running";
    case RequestState::done:
      return "done";
    case RequestState::failed:
      return "failed";
    case RequestState::cancelled:
      return "cancelled";
  }
  return "?";
}

std::string_view to_string(DaemonState state) noexcept {
  switch (state) {
    case DaemonState::starting:
      return "starting";
    case DaemonState::idle:
      return "idle";
    case DaemonState::syncing:
      return "syncing";
    case DaemonState::paused:
      return "paused";
    case DaemonState::stopping:
      return "stopping";
  }
  return "?";
}

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

/// A held day is not what was asked for, either.
std::string RequestBook::failure_of(const DayReport& report) {
  if (report.error) return report.error->what();
  if (!report.outcome || report.outcome->action != DayAction::held) return {};
  return fmt::format("{} {} is held: {}", to_string(report.task.date), report.target,
                     report.outcome->reason);
}

std::vector<RequestInfo> RequestBook::day_done(const DayReport& report) {
  std::vector<std::uint64_t> moved;
  for (auto& [id, entry] : requests_) {
    if (report.task.asked < entry.asked) continue;  // it was begun before: not what was asked for
    if (entry.open.erase({report.target, report.task.date}) == 0) continue;
    ++entry.info.done;
    if (const auto failure = failure_of(report); !failure.empty())
      if (entry.info.failed++ == 0) entry.info.error = failure;
    moved.push_back(id);
  }
  return collect(moved);
}

std::vector<RequestInfo> RequestBook::forget_target(const std::string& target) {
  std::vector<std::uint64_t> moved;
  for (auto& [id, entry] : requests_) {
    const auto gone =
        std::erase_if(entry.open, [&](const auto& key) { return key.first == target; });
    if (gone == 0) continue;
    entry.info.done += gone;
    entry.info.failed += gone;
    if (entry.info.error.empty())
      entry.info.error = fmt::format("{} is not written to any more; ask again when it is", target);
    moved.push_back(id);
  }
  return collect(moved);
}

std::vector<RequestInfo> RequestBook::fail_day(std::uint64_t id, Date date,
                                               const std::string& error) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return {};
  Entry& entry = found->second;
  const auto gone = std::erase_if(entry.open, [&](const auto& key) { return key.second == date; });
  if (gone == 0) return {};
  entry.info.done += gone;
  entry.info.failed += gone;
  if (entry.info.error.empty()) entry.info.error = error;
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

std::optional<std::pair<RequestInfo, std::set<RequestBook::DayInTargetKey>>> RequestBook::cancel(
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
