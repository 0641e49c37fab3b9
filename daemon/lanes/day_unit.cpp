// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_unit.hpp"

namespace consolidador {

SyncMode DayUnit::mode() const noexcept {
  if (dry_run) return SyncMode::plan;
  switch (kind) {
    case JobKind::sync:
      return SyncMode::write;
    case JobKind::rewrite:
      return SyncMode::rewrite;
    default:
      return SyncMode::verify;
  }
}

TargetOutcome DayUnit::operator()() const {
  if (kind == JobKind::restore && !dry_run) return restore_day(*target, *day, rules);
  if (held && mode() == SyncMode::write)
    if (auto pushed = push_delta(*target, *day, *held, rules)) return *pushed;
  std::optional<KnownRows> known;
  return sync_day(*target, *day, mode(), rules, known);
}

}  // namespace consolidador
