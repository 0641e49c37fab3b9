// SPDX-License-Identifier: MIT
#include "lib/sync/day_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "lib/core/log.hpp"
#include "lib/sync/damage_report.hpp"
#include "lib/sync/reprocessor.hpp"
#include "lib/sync/row_differences.hpp"

namespace consolidador {
namespace {

DayAction action_for(Finding finding) {
  switch (finding) {
    case Finding::up_to_date:
      return DayAction::unchanged;
    case Finding::missing:
      return DayAction::created;
    case Finding::outdated:
      return DayAction::changed;
    case Finding::damaged:
      break;
  }
  return DayAction::repaired;
}

}  // namespace

void DayWriter::write(const ExtractedDay& content, const Permit& permit) {
  const bool repairs = case_.finding(content.totals) == Finding::damaged;
  write(content, permit,
        repairs && !case_.needed_approval() ? ChangeReason::danado : reason_of_change());
}

void DayWriter::restore(const ExtractedDay& copy, const Permit& permit) {
  write(copy, permit, ChangeReason::copiado);
  outcome_.action = DayAction::copied;
  outcome_.content = std::make_shared<const ExtractedDay>(copy);
}

bool DayWriter::copy(const ExtractedDay& copy, const Permit& permit) {
  outcome_.content = std::make_shared<const ExtractedDay>(copy);
  if (case_.is_damaged()) {
    report_damage(day_there(), before());
    ++outcome_.attempts;
  }
  return write_difference(copy, permit, change_note(ChangeReason::copiado));
}

void DayWriter::record_audit(const DayTotals& content) {
  const ProvenDay own{target_.name(), content, 0};
  const ExtractedDay day{extracted_.date, content, {}, false};
  const auto leave =
      judge({day.date, content, rules_.ended, false, {}, closes()}, {&own, 1}, rules_.limits);
  outcome_.recorded = load(target_, day, {}, *leave.permit, before(), {});
  if (!outcome_.recorded)
    throw Overtaken(target_.name(), day.date);  // it was changed between the two audits
}

void DayWriter::write(const ExtractedDay& content, const Permit& permit, ChangeReason reason) {
  const Finding finding = case_.finding(content.totals);
  ChangeNote note = change_note(reason);
  outcome_.action = action_of_writing(finding);
  outcome_.most_rows = case_.needed_approval() ? content.totals.filas
                                               : std::max(outcome_.most_rows, content.totals.filas);
  if (finding == Finding::damaged) {
    report(content);
    if (mode_ != SyncMode::reprocess) ++outcome_.attempts;
    if (write_in_steps(content, permit)) return;
    if (note.note.empty()) note.note = note_of_damage(case_, content);
  }
  if (mode_ == SyncMode::reprocess) {
    note_change(compare(case_.held_rows(), content.rows), permit);
    reprocess(content, permit, note);
  } else if (!write_difference(content, permit, note)) {
    outcome_.action = DayAction::repaired;
  }
}

/// What is found in the place of the content, before it goes.
void DayWriter::report(const ExtractedDay& content) {
  outcome_.forged = case_.is_forged();
  if (outcome_.forged)
    report_forgery(day_there(), row_differences(case_.held_rows(), content.rows));
  else
    report_damage(day_there(), before());
}

DayAction DayWriter::action_of_writing(Finding finding) const {
  if (case_.needed_approval()) return DayAction::approved;
  return mode_ == SyncMode::reprocess ? DayAction::reprocessed : action_for(finding);
}

/// False: the audit after it failed, and the day was emptied and written whole.
bool DayWriter::write_difference(const ExtractedDay& content, const Permit& permit,
                                 const ChangeNote& note) {
  const Delta delta = compare(case_.held_rows(), content.rows);
  note_written(content, delta, permit);
  if (only_reads(mode_)) return true;
  outcome_.recorded = true;
  outcome_.revision = revision_after(before(), content.totals, Emptied::no);
  if (load(target_, content, delta, permit, before(), note)) return true;
  log::warning("{}: the audit after writing failed; emptying and writing the day again",
               day_there());
  reprocess(content, permit, note);
  ++outcome_.attempts;
  return false;
}

void DayWriter::note_written(const ExtractedDay& content, const Delta& delta,
                             const Permit& permit) {
  outcome_.holds = content.totals;
  outcome_.written = delta.write.size();
  outcome_.removed = delta.remove.size();
  note_change(delta, permit);
}

void DayWriter::note_change(const Delta& delta, const Permit& permit) {
  outcome_.change = change_of(delta);
  const bool begins = !before().ledger && before().actual.filas == 0;
  const bool closed = rules_.ended && !permit.closes();
  outcome_.in_history = !begins && (closed || case_.is_damaged());
}

/// Nothing: the POS has what was proven, or nobody else has the rows of that.
std::optional<Repair> DayWriter::repair(const ExtractedDay& content) {
  const auto* rows = before().ledger && !case_.is_forged() ? case_.proven_rows() : nullptr;
  if (!rows) return std::nullopt;
  const auto totals = totals_of(*rows, rules_.branch_id, extracted_.date);
  if (totals == content.totals) return std::nullopt;
  const ProvenDay own{target_.name(), totals, 0};
  const auto leave =
      judge({extracted_.date, totals, rules_.ended, false, {}, false}, {&own, 1}, rules_.limits);
  Repair step{{extracted_.date, totals, *rows, false},
              {},
              *leave.permit,
              {ChangeReason::danado, rules_.actor, rules_.note, true}};
  step.delta = compare(case_.held_rows(), step.proven.rows);
  return step;
}

/// What was altered and what the POS has changed since are two things: first the day is brought
/// back to what was proven. False: it has to be written in one.
bool DayWriter::write_in_steps(const ExtractedDay& content, const Permit& permit) {
  const auto first = repair(content);
  if (!first) return false;
  const Emptied emptied = mode_ == SyncMode::reprocess ? Emptied::yes : Emptied::no;
  note_written(content, compare(case_.held_rows(), content.rows), permit);
  outcome_.repaired = change_of(first->delta);
  outcome_.followed = change_of(compare(first->proven.rows, content.rows));
  if (only_reads(mode_)) return true;
  ChangeNote note = change_note(reason_of_change());
  note.damaged = false;
  outcome_.revision = revision_after(first->state_after(before()), content.totals, emptied);
  outcome_.recorded = repair_and_load(target_, *first, content, permit, before(), note, emptied);
  if (outcome_.recorded) return true;
  outcome_.repaired.reset();
  outcome_.followed.reset();
  return false;
}

void DayWriter::reprocess(const ExtractedDay& content, const Permit& permit,
                          const ChangeNote& note) {
  if (!consolidador::reprocess(target_, content, permit, before(), note))
    throw Error(ErrorClass::permanent, ErrorCause::audit,
                fmt::format("{}: {} does not hold what was written, after a full replacement too; "
                            "look for triggers or another writer on VentasAgrupadas",
                            target_.name(), to_string(content.date)));
  outcome_.holds = content.totals;
  outcome_.written = content.rows.size();
  outcome_.removed = before().actual.filas;
  outcome_.revision = revision_after(before(), content.totals, Emptied::yes);
  outcome_.recorded = true;
}

/// Of a day that was not damaged, or is repaired.
ChangeReason DayWriter::reason_of_change() const {
  if (case_.needed_approval()) return ChangeReason::aprobado;
  if (mode_ != SyncMode::reprocess) return ChangeReason::pos;
  return outcome_.reclassified == 0 ? ChangeReason::reproceso : ChangeReason::reclasificado;
}

ChangeNote DayWriter::change_note(ChangeReason reason) const {
  const bool decided = reason == ChangeReason::aprobado || reason == ChangeReason::copiado;
  if (rules_.approval && decided)
    return {reason, rules_.approval->actor, rules_.approval->reason, case_.is_damaged()};
  return {reason, rules_.actor, rules_.note, case_.is_damaged()};
}

}  // namespace consolidador
