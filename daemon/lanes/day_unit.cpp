// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_unit.hpp"

#include "lib/db/patience.hpp"
#include "lib/sync/day_sync.hpp"
#include "lib/sync/open_day.hpp"

namespace consolidador {

SyncMode DayUnit::mode() const noexcept {
  if (dry_run) return SyncMode::dry_run;
  switch (kind) {
    case TaskKind::sync:
      return SyncMode::write;
    case TaskKind::reprocess:
      return SyncMode::reprocess;
    default:
      return SyncMode::audit;
  }
}

TargetOutcome DayUnit::operator()() const {
  const Patience::Scope patience(statement);
  if (kind == TaskKind::restore && !dry_run) return restore_day(*target, *day, rules);
  if (held && mode() == SyncMode::write)
    if (auto pushed = push_delta(*target, *day, *held, rules)) return *pushed;
  std::optional<KnownRows> known;
  return sync_day(*target, *day, mode(), rules, known);
}

}  // namespace consolidador
