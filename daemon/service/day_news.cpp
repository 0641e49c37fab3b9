// SPDX-License-Identifier: MIT
#include "daemon/service/day_news.hpp"

#include <fmt/format.h>

#include "daemon/lanes/day_text.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {

void log_day(const DayResult& result, bool dry_run) {
  const auto write = [&](log::Level level, log::Event event, const std::string& text) {
    log::write(level, {event, result.date, "", 0, 0},
               fmt::format("{}{}", dry_run_prefix(dry_run), text));
  };
  switch (result.estado()) {
    case Estado::error:
      return write(log::Level::error, log::Event::day_failed,
                   fmt::format("{}: {}", to_string(result.date), result.error));
    case Estado::held:
      return write(log::Level::warning, log::Event::day_held,
                   fmt::format("{} held: {}", to_string(result.date), result.hold));
    case Estado::pending:
      return write(log::Level::warning, log::Event::other,
                   describe(result, dry_run) + (result.totals ? "; " + pending_text(result) : ""));
    default:
      return write(log::Level::info, dry_run ? log::Event::other : log::Event::day_synced,
                   describe(result, dry_run) + (result.released ? "; its hold has ended" : ""));
  }
}

bool is_late_change(const DayReport& report, Date window_start) {
  if (report.task.date >= window_start || !report.outcome) return false;
  const TargetOutcome& outcome = *report.outcome;
  const DayAction action = outcome.action;
  if (action == DayAction::reprocessed && outcome.change.empty() && outcome.before.intact())
    return false;  // written again as it was
  return outcome.in_history && is_change(action) && action != DayAction::created &&
         action != DayAction::copied;
}

std::string late_change_text(const DayReport& report) {
  const TargetOutcome& outcome = *report.outcome;
  const auto day =
      fmt::format("{} {}: a closed day was", to_string(report.task.date), report.target);
  const bool damaged = assess(outcome.before, *report.totals) == Finding::damaged;
  if (outcome.action == DayAction::repaired && damaged)
    return fmt::format("{} repaired: {}", day, damage_text(outcome, report.target, *report.totals));
  const DayTotals& before = outcome.before.ledger.value_or(outcome.before.actual);
  return fmt::format("{} {}: units {} to {}, sales {} to {} (difference {}); {}", day,
                     outcome.action == DayAction::repaired ? "repaired" : "changed in the POS",
                     before.unidades.to_string(), report.totals->unidades.to_string(),
                     before.venta.to_string(), report.totals->venta.to_string(),
                     (report.totals->venta - before.venta).to_signed_string(),
                     change_text(outcome.change));
}

void log_late_change(const DayReport& report) {
  log::write(log::Level::warning,
             {log::Event::closed_day_changed, report.task.date, report.target, 0, 0},
             late_change_text(report));
}

void log_purge(Date first_sale, std::size_t archived) {
  log::write(log::Level::warning, {log::Event::pos_begins_later, first_sale, "", 0, 0},
             fmt::format("the POS has no sales before {}: {} in the targets {} archived; from now "
                         "on {} proven between local and VPS",
                         to_string(first_sale), counted(archived, "older day"),
                         archived == 1 ? "is" : "are", archived == 1 ? "it is" : "they are"));
}

}  // namespace consolidador
