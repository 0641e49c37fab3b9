// SPDX-License-Identifier: MIT
#include "lib/sync/day_keeper.hpp"

#include <fmt/format.h>

#include <utility>

#include "lib/core/log.hpp"
#include "lib/core/text.hpp"
#include "lib/sync/damage_report.hpp"

namespace consolidador {
namespace {

/// Who has to decide should know whose rows were changed.
std::string hands_text(const DayState& state, const std::string& target, Date date) {
  if (!state.made_to_fit()) return {};
  return fmt::format(
      "; hands have changed {0} rows in {1} since the day was recorded: `consolidadorctl history "
      "{2} --from {1}` says whose",
      state.hands, target, to_string(date));
}

}  // namespace

void DayKeeper::keep(const Judgement& judgement) {
  const bool held = judgement.verdict == Verdict::hold;
  outcome_.action = held ? DayAction::held : DayAction::archived;
  outcome_.reason = judgement.reason + hands_text(before(), target_.name(), extracted_.date);
  outcome_.loss = judgement.loss;
  outcome_.conflict = judgement.conflict;
  if (outcome_.loss && outcome_.loss->gone_bad != 0)
    outcome_.reason += "; " + rejections_text(rejections_of(extracted_.rejected));
  const bool nothing_here = before().actual.filas == 0;
  if (before().intact() && (!nothing_here || !case_.other_has_rows())) {
    if (!held) record_archived_audit();
    if (held && before().emptied()) tell_emptied();
    return;
  }
  if (case_.other_has_rows() && case_.was_emptied_on_purpose()) return hold_emptied_on_purpose();
  if (copy_from_other()) {
    if (!held) outcome_.action = case_.is_damaged() ? DayAction::repaired : DayAction::copied;
    return;
  }
  const bool had_it = (before().ledger && before().ledger->filas != 0) || case_.is_in_no_place();
  if (held || (nothing_here && !had_it)) return;  // it follows when the other answers
  hold_damaged();
}

/// The evidence of it goes into the history with an audit.
void DayKeeper::tell_emptied() {
  outcome_.reason += fmt::format(
      "; {0} has been emptied, and the POS has nothing of the day: `consolidadorctl history {1}` "
      "lists its versions, `consolidadorctl history {1} --revision N` shows the rows of one; bring "
      "them back into the POS, or into local or VPS from a backup",
      target_.name(), to_string(extracted_.date));
  if (!only_reads(mode_) && case_.was_emptied_since_audit()) writer_.record_audit(before().actual);
}

void DayKeeper::hold_emptied_on_purpose() {
  outcome_.conflict = true;
  outcome_.loss.reset();
  hold(fmt::format("{} has been emptied by an approval, {} has {}, sales {}, and the POS has none",
                   target_.name(), rules_.other->name, counted(case_.other_ledger()->filas, "row"),
                   case_.other_ledger()->venta.to_string()));
}

/// A purged day that this target holds otherwise than its ledger says, and that no other gives
/// back.
void DayKeeper::hold_damaged() {
  const auto damage = before().ledger ? differences(*before().ledger, before().actual)
                                      : std::string("which has not the day");
  const bool may_come = case_.other_may_have_rows();
  const auto& other = may_come ? rules_.other->name : std::string();
  hold(fmt::format(
      "the POS has it no longer, the rows in {} are not those of its ledger ({}), and {}; they are "
      "left as they are; {}",
      target_.name(), damage, may_come ? other + " cannot be asked now" : "no other place has them",
      may_come ? "wait until " + other + " is up: it is asked again then"
               : "bring the day's rows and its row in SincronizacionDias back from a backup of "
                 "either database"));
}

void DayKeeper::hold(std::string reason) {
  outcome_.action = DayAction::held;
  outcome_.reason = std::move(reason);
}

/// Nobody can tell which of them is right. A held day is looked at in every cycle: its rows are
/// named where the rows were asked for.
void DayKeeper::hold_forged(const std::vector<std::string>& rows) {
  if (proof_of(mode_) == Proof::rows) report_rows(day_there(), rows);
  outcome_.forged = outcome_.conflict = true;
  hold(
      fmt::format("{} rows in {} are not those in {}, though count, sums and Huella agree: "
                  "somebody has forged them; the POS has the day no longer",
                  rows.size(), target_.name(), rules_.other->name));
}

/// The day is proven when the other target holds the same, or there is none. Where it cannot be
/// asked, its ledger as it was last seen has to do.
void DayKeeper::record_archived_audit() {
  if (rules_.other && case_.other_ledger() != before().actual) return;
  if (const auto rows = case_.differences_from_other(); !rows.empty()) return hold_forged(rows);
  if (!only_reads(mode_)) writer_.record_audit(before().actual);
}

bool DayKeeper::copy_from_other() {
  const auto copy = copy_of_other();
  if (!copy || copy->rows.empty()) return false;
  const auto leave =
      judge({copy->date, copy->totals, true, false, {}}, case_.known_here(), rules_.limits);
  if (!leave.permit) return false;
  writer_.copy(*copy, *leave.permit);
  if (only_reads(mode_)) return true;
  log::write(log::Level::warning, {log::Event::day_copied, copy->date, target_.name(), 0, 0},
             fmt::format("{} {}: {}, sales {}, brought from {}: the POS has them no longer",
                         to_string(copy->date), target_.name(), counted(copy->totals.filas, "row"),
                         copy->totals.venta.to_string(), rules_.other->name));
  return true;
}

}  // namespace consolidador
