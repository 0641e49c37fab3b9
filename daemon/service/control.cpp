// SPDX-License-Identifier: MIT
#include "daemon/service/control.hpp"

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

void check_reach(const DateRange& range, Date today) {
  if (range.last > today)
    throw RequestRefused(
        fmt::format("{} is in the future: today is {}", to_string(range.last), to_string(today)));
  if (today - range.first > farthest_back)
    throw RequestRefused(
        fmt::format("{} is more than 100 years ago; ask for less", to_string(range.first)));
}

bool is_known(const DayInfo& day) {
  return !day.error.empty() || !day.held.empty() || day.rejected.rows != 0 ||
         std::ranges::any_of(day.targets, [](const auto& t) { return t.ledger || t.pending; });
}

}  // namespace consolidador
