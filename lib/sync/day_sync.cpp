// SPDX-License-Identifier: MIT
#include "lib/sync/day_sync.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "lib/core/log.hpp"
#include "lib/sync/loader.hpp"
#include "lib/sync/reprocessor.hpp"
#include "lib/sync/row_differences.hpp"

namespace consolidador {
namespace {

constexpr std::size_t most_rows_told = 200;

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

void tell(const std::string& day_there, const std::vector<std::string>& rows) {
  for (const auto& row : rows | std::views::take(most_rows_told))
    log::warning("{}: {}", day_there, row);
}

void report_damage(const std::string& day_there, const DayState& state) {
  if (state.made_to_fit()) {
    log::warning(
        "{}: hands have changed {} rows since the day was recorded, and its ledger with them; "
        "repairing",
        day_there, state.hands);
    return;
  }
  const auto what = state.ledger ? differences(*state.ledger, state.actual)
                                 : "rows without an entry in SincronizacionDias";
  log::warning("{}: the rows are not those of the ledger ({}); repairing", day_there, what);
}

/// Nothing else tells one row from the other: each is named.
void report_forgery(const std::string& day_there, const std::vector<std::string>& rows) {
  log::warning(
      "{}: {} rows are not those of the POS, though count, sums and Huella agree: somebody has "
      "forged them; repairing",
      day_there, rows.size());
  tell(day_there, rows);
}

/// Of one entry for two things.
std::string note_of_damage(const DayCase& found, const ExtractedDay& content) {
  const auto& ledger = found.before().ledger;
  if (found.is_forged() || !ledger || *ledger == content.totals || found.before().made_to_fit())
    return {};
  return "danado, y cambiado en el POS: nadie mas tiene las filas que se probaron, no se separan";
}

/// Without a place for them the day is in ERROR, as it was before there was one.
void require_place_for_rejected(const Target& target, const ExtractedDay& extracted,
                                const DayState& before) {
  if (extracted.rejected.empty() || before.rejected) return;
  throw DataError(fmt::format(
      "{}: {}, but there is no FilasRechazadas to keep it in: run the scripts of sql/ again there "
      "(docs/database.md, Upgrading), or correct it in the POS",
      target.name(), rejections_text(rejections_of(extracted.rejected))));
}

/// Those of this look take the place of the last one's. Before the day is written without them:
/// then nothing is lost that is not kept. A hold leaves those with which the day was proven.
void keep_rejected(Target& target, const ExtractedDay& extracted, const DayState& before,
                   SyncMode mode) {
  const auto& now = extracted.rejected;
  if (only_reads(mode) || (now.empty() && before.rejected.value_or(0) == 0)) return;
  if (before.rejected == now.size() && target.rejected(extracted.date) == now) return;
  target.keep_rejected(extracted.date, now);
}

/// Who has to decide should know whose rows were changed.
std::string hands_text(const DayState& state, const std::string& target, Date date) {
  if (!state.made_to_fit()) return {};
  return fmt::format(
      "; hands have changed {0} rows in {1} since the day was recorded: `consolidadorctl history "
      "{2} --from {1}` says whose",
      state.hands, target, to_string(date));
}

class DaySync {
 public:
  DaySync(Target& target, const ExtractedDay& extracted, SyncMode mode, const DayRules& rules,
          std::optional<KnownRows>& known)
      : target_(target),
        extracted_(extracted),
        mode_(mode),
        rules_(rules),
        case_(target, extracted, rules, known, proof_of(mode)) {}

  TargetOutcome run();
  TargetOutcome restore();

 private:
  const DayState& before() const { return outcome_.before; }
  std::string day_there() const {
    return fmt::format("{} {}", to_string(extracted_.date), target_.name());
  }

  void look();
  /// Where somebody has altered the day or asked for it, all that becomes of it is told.
  bool closes() const {
    return mode_ != SyncMode::reprocess && rules_.first_look_at(before()) && !case_.is_damaged();
  }
  TargetOutcome confirm(const DayTotals& content);
  void record_audit(const DayTotals& content);
  ExtractedDay content_as_sold();

  TargetOutcome write(const ExtractedDay& content, const Permit& permit, ChangeReason reason);
  DayAction action_of_writing(Finding finding) const;
  bool write_difference(const ExtractedDay& content, const Permit& permit, const ChangeNote& note);
  void note_change(const Delta& delta, const Permit& permit);
  std::optional<Mending> mending(const ExtractedDay& content);
  bool write_in_steps(const ExtractedDay& content, const Permit& permit);
  void note_written(const ExtractedDay& content, const Delta& delta, const Permit& permit);
  void reprocess(const ExtractedDay& content, const Permit& permit, const ChangeNote& note);
  void report(const ExtractedDay& content);
  ChangeReason reason(Finding finding) const;
  ChangeReason reason_of_change() const;
  ChangeNote change_note(ChangeReason reason) const;

  TargetOutcome keep(const Judgement& judgement);
  void tell_emptied();
  TargetOutcome hold(std::string reason);
  TargetOutcome hold_damaged();
  void record_archived_audit();
  void hold_forged(const std::vector<std::string>& rows);
  bool copy_from_other();
  ExtractedDay copy_of(const std::vector<SalesRow>& rows) const;

  Target& target_;
  const ExtractedDay& extracted_;
  const SyncMode mode_;
  const DayRules& rules_;
  DayCase case_;
  TargetOutcome outcome_;
};

void DaySync::look() {
  case_.look();
  outcome_.before = case_.before();
  outcome_.ended = rules_.ended;
  outcome_.revision = before().revision;
  outcome_.holds = before().ledger.value_or(DayTotals{});
  outcome_.most_rows = std::max(outcome_.holds.filas, before().most.value_or(DayTotals{}).filas);
}

TargetOutcome DaySync::run() {
  look();
  require_place_for_rejected(target_, extracted_, before());
  const bool purged = extracted_.rows.empty() && rules_.ended && case_.other_has_rows();
  const bool emptied = extracted_.rows.empty() && before().emptied();
  const bool may_be_up_to_date = mode_ != SyncMode::reprocess && !purged && !emptied;
  if (may_be_up_to_date && case_.is_up_to_date(extracted_)) return confirm(extracted_.totals);
  const ExtractedDay content = content_as_sold();
  if (may_be_up_to_date && case_.is_up_to_date(content)) return confirm(content.totals);
  if (case_.must_wait_for_other()) {
    outcome_.action = DayAction::postponed;
    return outcome_;
  }
  const Judgement judgement = case_.judge(content, closes());
  if (judgement.verdict != Verdict::hold) keep_rejected(target_, extracted_, before(), mode_);
  if (judgement.verdict != Verdict::write) return keep(judgement);
  if (content.totals != extracted_.totals)
    outcome_.content = std::make_shared<const ExtractedDay>(content);
  return write(content, *judgement.permit, reason(case_.finding(content.totals)));
}

/// Nothing has to be written but the audit, where it is asked for or closes the day.
TargetOutcome DaySync::confirm(const DayTotals& content) {
  keep_rejected(target_, extracted_, before(), mode_);
  if (mode_ == SyncMode::verify || (mode_ == SyncMode::write && closes())) record_audit(content);
  return outcome_;
}

/// Writes the audit into the ledger, of what the target holds as it is.
void DaySync::record_audit(const DayTotals& content) {
  const ProvenDay own{target_.name(), content, 0};
  const ExtractedDay day{extracted_.date, content, {}, false};
  const auto leave =
      judge({day.date, content, rules_.ended, false, {}, closes()}, {&own, 1}, rules_.limits);
  outcome_.recorded = load(target_, day, {}, *leave.permit, before(), {});
  if (!outcome_.recorded)
    throw Overtaken(target_.name(), day.date);  // it was changed between the two audits
}

/// An ended day keeps the suppliers of its sales, unless a person asks for the POS's.
ExtractedDay DaySync::content_as_sold() {
  const bool own = before().intact() && before().actual.filas != 0;
  if (!rules_.ended || extracted_.rows.empty() || case_.is_forged()) return extracted_;
  const auto* reference = own ? &case_.held_rows() : case_.other_rows();
  if (!reference) return extracted_;
  AsSold sold = as_sold(extracted_.rows, *reference, rules_.master);
  if (sold.reclassified == 0 || case_.was_never_verified(own ? target_.name() : rules_.other->name))
    return extracted_;
  outcome_.reclassified = sold.reclassified;
  outcome_.reclassifications = std::move(sold.examples);
  if (mode_ == SyncMode::reprocess) return extracted_;
  ExtractedDay content{extracted_.date, {}, std::move(sold.rows), false};
  content.totals = totals_of(content.rows, rules_.branch_id, content.date);
  content.rejected = extracted_.rejected;
  return content;
}

TargetOutcome DaySync::write(const ExtractedDay& content, const Permit& permit,
                             ChangeReason reason) {
  const Finding finding = case_.finding(content.totals);
  ChangeNote note = change_note(reason);
  outcome_.action = action_of_writing(finding);
  outcome_.most_rows = case_.needed_approval() ? content.totals.filas
                                               : std::max(outcome_.most_rows, content.totals.filas);
  if (finding == Finding::damaged) {
    report(content);
    if (mode_ != SyncMode::reprocess) ++outcome_.attempts;
    if (write_in_steps(content, permit)) return outcome_;
    if (note.note.empty()) note.note = note_of_damage(case_, content);
  }
  if (mode_ == SyncMode::reprocess) {
    note_change(compare(case_.held_rows(), content.rows), permit);
    reprocess(content, permit, note);
    return outcome_;
  }
  if (!write_difference(content, permit, note)) outcome_.action = DayAction::repaired;
  return outcome_;
}

/// What is found in the place of the content, before it goes.
void DaySync::report(const ExtractedDay& content) {
  outcome_.forged = case_.is_forged();
  if (outcome_.forged)
    report_forgery(day_there(), row_differences(case_.held_rows(), content.rows));
  else
    report_damage(day_there(), before());
}

DayAction DaySync::action_of_writing(Finding finding) const {
  if (case_.needed_approval()) return DayAction::approved;
  return mode_ == SyncMode::reprocess ? DayAction::reprocessed : action_for(finding);
}

/// False: the audit after it failed, and the day was emptied and written whole.
bool DaySync::write_difference(const ExtractedDay& content, const Permit& permit,
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

void DaySync::note_written(const ExtractedDay& content, const Delta& delta, const Permit& permit) {
  outcome_.holds = content.totals;
  outcome_.written = delta.write.size();
  outcome_.removed = delta.remove.size();
  note_change(delta, permit);
}

void DaySync::note_change(const Delta& delta, const Permit& permit) {
  outcome_.change = change_of(delta);
  const bool begins = !before().ledger && before().actual.filas == 0;
  const bool closed = rules_.ended && !permit.closes();
  outcome_.in_history = !begins && (closed || case_.is_damaged());
}

/// Nothing: the POS has what was proven, or nobody else has the rows of that.
std::optional<Mending> DaySync::mending(const ExtractedDay& content) {
  const auto* rows = before().ledger && !case_.is_forged() ? case_.proven_rows() : nullptr;
  if (!rows) return std::nullopt;
  const auto totals = totals_of(*rows, rules_.branch_id, extracted_.date);
  if (totals == content.totals) return std::nullopt;
  const ProvenDay own{target_.name(), totals, 0};
  const auto leave =
      judge({extracted_.date, totals, rules_.ended, false, {}, false}, {&own, 1}, rules_.limits);
  Mending step{{extracted_.date, totals, *rows, false},
               {},
               *leave.permit,
               {ChangeReason::danado, rules_.actor, rules_.note, true}};
  step.delta = compare(case_.held_rows(), step.proven.rows);
  return step;
}

/// What was altered and what the POS has changed since are two things: first the day is mended back
/// to what was proven. False: it has to be written in one.
bool DaySync::write_in_steps(const ExtractedDay& content, const Permit& permit) {
  const auto first = mending(content);
  if (!first) return false;
  const Emptied emptied = mode_ == SyncMode::reprocess ? Emptied::yes : Emptied::no;
  note_written(content, compare(case_.held_rows(), content.rows), permit);
  outcome_.mended = change_of(first->delta);
  outcome_.followed = change_of(compare(first->proven.rows, content.rows));
  if (only_reads(mode_)) return true;
  ChangeNote note = change_note(reason_of_change());
  note.damaged = false;
  outcome_.revision = revision_after(first->state_after(before()), content.totals, emptied);
  outcome_.recorded = mend_and_load(target_, *first, content, permit, before(), note, emptied);
  if (outcome_.recorded) return true;
  outcome_.mended.reset();
  outcome_.followed.reset();
  return false;
}

void DaySync::reprocess(const ExtractedDay& content, const Permit& permit, const ChangeNote& note) {
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

ChangeReason DaySync::reason(Finding finding) const {
  if (finding == Finding::damaged && !case_.needed_approval()) return ChangeReason::danado;
  return reason_of_change();
}

/// Of a day that was not damaged, or is mended.
ChangeReason DaySync::reason_of_change() const {
  if (case_.needed_approval()) return ChangeReason::aprobado;
  if (mode_ != SyncMode::reprocess) return ChangeReason::pos;
  return outcome_.reclassified == 0 ? ChangeReason::reproceso : ChangeReason::reclasificado;
}

ChangeNote DaySync::change_note(ChangeReason reason) const {
  const bool decided = reason == ChangeReason::aprobado || reason == ChangeReason::copiado;
  if (rules_.approval && decided)
    return {reason, rules_.approval->actor, rules_.approval->reason, case_.is_damaged()};
  return {reason, rules_.actor, rules_.note, case_.is_damaged()};
}

/// The POS's content is not written. What was proven is, where this target has lost it and the
/// other has it.
TargetOutcome DaySync::keep(const Judgement& judgement) {
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
    return outcome_;
  }
  if (case_.other_has_rows() && case_.was_emptied_on_purpose()) {
    outcome_.conflict = true;
    outcome_.loss.reset();
    return hold(fmt::format(
        "{} has been emptied by an approval, {} has {} rows, sales {}, and the POS has none",
        target_.name(), rules_.other->name, case_.other_ledger()->filas,
        case_.other_ledger()->venta.to_string()));
  }
  if (copy_from_other()) {
    if (!held) outcome_.action = case_.is_damaged() ? DayAction::repaired : DayAction::copied;
    return outcome_;
  }
  const bool had_it = (before().ledger && before().ledger->filas != 0) || case_.is_in_no_place();
  if (held || (nothing_here && !had_it)) return outcome_;  // it follows when the other answers
  return hold_damaged();
}

/// The evidence of it goes into the history with an audit.
void DaySync::tell_emptied() {
  outcome_.reason += fmt::format(
      "; {0} has been emptied, and the POS has nothing of the day: `consolidadorctl history {1}` "
      "lists its versions, `consolidadorctl history {1} --revision N` shows the rows of one; bring "
      "them back into the POS, or into local or VPS from a backup",
      target_.name(), to_string(extracted_.date));
  if (!only_reads(mode_) && case_.was_emptied_since_audit()) record_audit(before().actual);
}

/// A purged day that this target holds otherwise than its ledger says, and that no other gives
/// back.
TargetOutcome DaySync::hold_damaged() {
  const auto damage = before().ledger ? differences(*before().ledger, before().actual)
                                      : std::string("which has not the day");
  const bool may_come = case_.other_may_have_rows();
  const auto& other = may_come ? rules_.other->name : std::string();
  return hold(fmt::format(
      "the POS has it no longer, the rows in {} are not those of its ledger ({}), and {}; they are "
      "left as they are; {}",
      target_.name(), damage, may_come ? other + " cannot be asked now" : "no other place has them",
      may_come ? "wait until " + other + " is up: it is asked again then"
               : "bring the day's rows and its row in SincronizacionDias back from a backup of "
                 "either database"));
}

TargetOutcome DaySync::hold(std::string reason) {
  outcome_.action = DayAction::held;
  outcome_.reason = std::move(reason);
  return outcome_;
}

/// Nobody can tell which of them is right. A held day is looked at in every cycle: its rows are
/// named where the rows were asked for.
void DaySync::hold_forged(const std::vector<std::string>& rows) {
  if (proof_of(mode_) == Proof::rows) tell(day_there(), rows);
  outcome_.forged = outcome_.conflict = true;
  hold(
      fmt::format("{} rows in {} are not those in {}, though count, sums and Huella agree: "
                  "somebody has forged them; the POS has the day no longer",
                  rows.size(), target_.name(), rules_.other->name));
}

/// The day is proven when the other target holds the same, or there is none. Where it cannot be
/// asked, its ledger as it was last seen has to do.
void DaySync::record_archived_audit() {
  if (rules_.other && case_.other_ledger() != before().actual) return;
  if (const auto rows = case_.differences_from_other(); !rows.empty()) return hold_forged(rows);
  if (!only_reads(mode_)) record_audit(before().actual);
}

ExtractedDay DaySync::copy_of(const std::vector<SalesRow>& rows) const {
  return {extracted_.date, *case_.other_ledger(), rows, false};
}

bool DaySync::copy_from_other() {
  const auto* rows = case_.other_rows();
  if (!rows || rows->empty()) return false;
  const ExtractedDay copy = copy_of(*rows);
  const auto leave =
      judge({copy.date, copy.totals, true, false, {}}, case_.known_here(), rules_.limits);
  if (!leave.permit) return false;
  outcome_.content = std::make_shared<const ExtractedDay>(copy);
  if (case_.is_damaged()) {
    report_damage(day_there(), before());
    ++outcome_.attempts;
  }
  write_difference(copy, *leave.permit, change_note(ChangeReason::copiado));
  if (only_reads(mode_)) return true;
  log::write(log::Level::warning, {log::Event::day_copied, copy.date, target_.name(), 0, 0},
             fmt::format("{} {}: {} rows, sales {}, brought from {}: the POS has them no longer",
                         to_string(copy.date), target_.name(), copy.totals.filas,
                         copy.totals.venta.to_string(), rules_.other->name));
  return true;
}

TargetOutcome DaySync::restore() {
  look();
  if (!extracted_.rows.empty())
    throw DataError(
        fmt::format("{}: the POS has sales of this day, so it decides; nothing was "
                    "restored",
                    to_string(extracted_.date)));
  const auto* rows = case_.other_rows();
  if (!rows)
    throw DataError(
        fmt::format("{}: the rows to restore from cannot be read, or are not those of "
                    "their ledger; nothing was restored",
                    to_string(extracted_.date)));
  const ExtractedDay copy = copy_of(*rows);
  if (rules_.approval && (copy.totals != rules_.approval->loss.content ||
                          before().ledger.value_or(DayTotals{}) != rules_.approval->loss.shown))
    throw DataError(fmt::format("{}: the targets have changed since it was decided; look again",
                                to_string(extracted_.date)));
  const auto leave = judge({copy.date, copy.totals, true, false, ApprovedLoss{copy.totals, {}}}, {},
                           rules_.limits);
  TargetOutcome outcome = write(copy, *leave.permit, ChangeReason::copiado);
  outcome.action = DayAction::copied;
  outcome.content = std::make_shared<const ExtractedDay>(copy);
  return outcome;
}

}  // namespace

std::optional<TargetOutcome> push_delta(Target& target, const ExtractedDay& wanted,
                                        const ExtractedDay& held, const DayRules& rules) {
  const auto& other = rules.other;
  if (other && other->ledger && other->ledger->filas > wanted.totals.filas) return std::nullopt;
  if (wanted.rejected != held.rejected) return std::nullopt;  // what is kept apart changes, too
  TargetOutcome outcome;
  outcome.before = {held.totals, held.totals, rules.revision.value_or(1)};
  std::vector<ProvenDay> proven{
      {target.name(), held.totals, rows_going(held.rows, wanted.rows, rules.master)}};
  if (rules.most_rows != 0)
    proven.push_back(proven_before(target.name(), {rules.most_rows, {}, {}, {}, 0}));
  const auto verdict = judge(wanted_day(wanted, rules), proven, rules.limits);
  if (!verdict.permit) return std::nullopt;
  const Delta delta = compare(held.rows, wanted.rows);
  outcome.action = DayAction::changed;
  outcome.written = delta.write.size();
  outcome.removed = delta.remove.size();
  outcome.change = change_of(delta);
  outcome.ended = rules.ended;
  outcome.holds = wanted.totals;
  outcome.most_rows = std::max(rules.most_rows, wanted.totals.filas);
  outcome.revision = revision_after(outcome.before, wanted.totals, Emptied::no);
  outcome.recorded = true;
  if (!load(target, wanted, delta, *verdict.permit, outcome.before,
            {ChangeReason::pos, rules.actor, rules.note, false}))
    return std::nullopt;
  return outcome;
}

TargetOutcome sync_day(Target& target, const ExtractedDay& wanted, SyncMode mode,
                       const DayRules& rules, std::optional<KnownRows>& known) {
  return DaySync(target, wanted, mode, rules, known).run();
}

TargetOutcome restore_day(Target& target, const ExtractedDay& extracted, const DayRules& rules) {
  std::optional<KnownRows> known;
  return DaySync(target, extracted, SyncMode::write, rules, known).restore();
}

}  // namespace consolidador
