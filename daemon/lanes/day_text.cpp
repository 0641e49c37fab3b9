// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/text.hpp"

namespace consolidador {
namespace {

std::string money_text(const WrittenChange& change) {
  std::string text = fmt::format("units {}, sales {}, cost {}", change.unidades.to_signed_string(),
                                 change.venta.to_signed_string(), change.costo.to_signed_string());
  for (const auto& product : change.largest)
    text += fmt::format("{} {} {}", &product == change.largest.data() ? "; largest" : ",",
                        one_line(product.upc), product.venta.to_signed_string());
  return text;
}

/// What was done to the rows, and what was done about it: each after less before.
std::string alteration_text(const WrittenChange& repaired, const std::string& target) {
  if (repaired.empty())
    return fmt::format("the ledger of {} was found altered, its rows were not; repaired", target);
  const WrittenChange altered = reversed(repaired);
  return fmt::format(
      "rows of {} were found altered: {} changed, {} missing, {} foreign; {}; repaired: sales {}",
      target, altered.changed, altered.removed, altered.added, money_text(altered),
      repaired.venta.to_signed_string());
}

/// The target that the history of the day tells most of: both have the same where the POS changed.
const DayResult::InTarget* most_changed(const DayResult& result) {
  const DayResult::InTarget* most = nullptr;
  const auto sales = [](const auto& target) { return target.outcome->change.venta.abs(); };
  for (const auto& target : result.targets) {
    if (!target.outcome || !target.outcome->in_history) continue;
    if (!most || sales(*most) < sales(target)) most = &target;
  }
  return most;
}

/// What stands in the bitacora's column `error`.
std::string error_of(const DayResult& result) {
  if (!result.error.empty() && !result.hold.empty())
    return fmt::format("{}; held: {}", result.error, result.hold);
  if (result.estado() == Estado::pending) return pending_text(result);
  return result.error + result.hold;
}

}  // namespace

std::string_view dry_run_prefix(bool dry_run) noexcept {
  return dry_run ? "dry run, nothing was written: " : "";
}

std::string describe(const DayResult& result, bool dry_run) {
  if (!result.totals)
    return fmt::format("{} waits: {}", to_string(result.date), pending_text(result));
  std::string text =
      fmt::format("{}: {}, sales {}", to_string(result.date), counted(result.totals->filas, "row"),
                  result.totals->venta.to_string());
  for (const auto& target : result.targets) {
    const DayAction action = target.outcome->action;
    text += fmt::format(", {} {}{}", target.name, dry_run && is_change(action) ? "would be " : "",
                        spanish(action));
  }
  const auto change = history_text(result);
  const auto rejected = rejections_text(result.rejected);
  return text + fmt::format(" ({} ms){}{}{}{}", result.duration.count(), change.empty() ? "" : "; ",
                            change, rejected.empty() ? "" : "; ", rejected);
}

std::string history_text(const DayResult& result) {
  const auto* target = most_changed(result);
  if (!target) return {};
  const TargetOutcome& outcome = *target->outcome;
  const bool damaged = outcome.action == DayAction::repaired &&
                       assess(outcome.before, outcome.holds) == Finding::damaged;
  if (damaged) return damage_text(outcome, target->name, outcome.holds);
  return outcome.change.empty() ? std::string() : change_text(outcome.change);
}

std::string hold_text(Date date, const std::string& reason, const std::optional<Loss>& loss,
                      bool conflict, Decided decided) {
  const auto day = to_string(date);
  if (conflict)
    return fmt::format(
        "{}; compare them, then consolidadorctl restore {} --from local|vps "
        "--reason TEXT",
        reason, day);
  if (!loss) return reason;
  const auto way = decided == Decided::by_once
                       ? fmt::format(
                             "consolidadord --config FILE once --from {0} --to {0} "
                             "--approve-loss=TEXT",
                             day)
                       : fmt::format("consolidadorctl approve {} --reason TEXT", day);
  return fmt::format(
      "{}; find out what the POS has lost. Only if that is right: {}, which takes it "
      "away from local and VPS, too",
      reason, way);
}

std::string pending_text(const DayResult& result) {
  std::string text;
  for (const auto& [target, why] : result.pending)
    text += fmt::format("{}not in {} yet{}{}", text.empty() ? "" : "; ", target,
                        why.empty() ? "" : ": ", why);
  return text;
}

std::string change_text(const WrittenChange& change) {
  return fmt::format("rows: {} added, {} changed, {} removed; {}", change.added, change.changed,
                     change.removed, money_text(change));
}

std::string damage_text(const TargetOutcome& outcome, const std::string& target,
                        const DayTotals& totals) {
  const auto& ledger = outcome.before.ledger;
  const bool both = !outcome.repaired && ledger && *ledger != totals && !outcome.change.empty() &&
                    !outcome.before.made_to_fit();
  return alteration_text(outcome.repaired.value_or(outcome.change), target) +
         (both ? "; the POS has changed the day, too, and these figures hold both" : "") +
         (outcome.followed ? "; then changed in the POS: " + change_text(*outcome.followed) : "");
}

std::string note_of(const DayResult& result) {
  const auto rejected = rejections_text(result.rejected);
  return result.note + (result.note.empty() || rejected.empty() ? "" : "; ") + rejected;
}

std::string note_of(const TargetOutcome& outcome) {
  if (outcome.reclassified == 0 || outcome.action != DayAction::reprocessed) return {};
  return fmt::format("{} reclassified ({})", counted(outcome.reclassified, "row"),
                     fmt::join(outcome.reclassifications, ", "));
}

std::string_view english(DayAction action) noexcept {
  switch (action) {
    case DayAction::unchanged:
      return "up to date";
    case DayAction::created:
      return "new";
    case DayAction::changed:
      return "changed";
    case DayAction::reprocessed:
      return "reprocessed";
    case DayAction::approved:
      return "approved";
    case DayAction::repaired:
      return "repaired";
    case DayAction::copied:
      return "copied";
    case DayAction::archived:
      return "archived";
    case DayAction::held:
      return "held";
    case DayAction::postponed:
      return "waits";
  }
  return "?";
}

std::string_view spanish(DayAction action) noexcept {
  switch (action) {
    case DayAction::unchanged:
      return "sin cambios";
    case DayAction::created:
      return "nuevo";
    case DayAction::changed:
      return "cambiado";
    case DayAction::reprocessed:
      return "reprocesado";
    case DayAction::approved:
      return "aprobado";
    case DayAction::repaired:
      return "reparado";
    case DayAction::copied:
      return "copiado";
    case DayAction::archived:
      return "archivado";
    case DayAction::held:
      return "retenido";
    case DayAction::postponed:
      return "en espera";
  }
  return "?";
}

BitacoraEntry bitacora_entry(const DayResult& result, std::int32_t branch_id,
                             std::chrono::system_clock::time_point now) {
  BitacoraEntry entry;
  entry.date = result.date;
  entry.estado = result.estado();
  entry.attempts = result.attempts;
  entry.error = error_of(result);
  entry.note = note_of(result);
  if (const auto* target = most_changed(result); target && !target->outcome->change.empty())
    entry.change = {target->outcome->change.unidades, target->outcome->change.venta};
  entry.registered = std::chrono::floor<std::chrono::seconds>(now);
  entry.branch = branch_id;
  entry.duration = result.duration;
  if (result.totals) {
    entry.rows = result.totals->filas;
    entry.units = result.totals->unidades;
    entry.sales = result.totals->venta;
    entry.cost = result.totals->costo;
    entry.huella = result.totals->huella;
  }
  entry.local = entry.vps = "omitido";
  for (const auto& [target, why] : result.pending)
    (target == "local" ? entry.local : entry.vps) = "pendiente";
  for (const auto& target : result.targets)
    (target.name == "local" ? entry.local : entry.vps) =
        target.outcome ? spanish(target.outcome->action) : "error";
  return entry;
}

}  // namespace consolidador
