// SPDX-License-Identifier: MIT
#include "lib/sync/day_sync.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/core/log.hpp"
#include "lib/sync/loader.hpp"
#include "lib/sync/reprocessor.hpp"

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

void report_damage(const Target& target, Date date, const DayState& state) {
  const auto what = state.ledger ? differences(*state.ledger, state.actual)
                                 : "rows without an entry in SincronizacionDias";
  log::warning("{} {}: the rows are not those of the ledger ({}); repairing", to_string(date),
               target.name(), what);
}

/// Small losses must not add up to a large one.
ProvenDay proven_before(const std::string& target, const DayTotals& most) {
  return {target + " before its last changes", most, std::nullopt, false};
}

WantedDay unapproved_day(const ExtractedDay& day, const DayRules& rules) {
  return {day.date, day.totals, rules.ended, day.before_horizon, std::nullopt};
}

WantedDay wanted_day(const ExtractedDay& day, const DayRules& rules) {
  WantedDay wanted = unapproved_day(day, rules);
  if (rules.approval) wanted.approved = rules.approval->loss;
  return wanted;
}

/// How many keys of `held` the wanted rows have not. With other suppliers for the same sales none
/// of them goes.
std::uint64_t rows_going(std::span<const SalesRow> held, std::span<const SalesRow> wanted,
                         const MasterData& master) {
  return compare(held, as_sold(wanted, held, master).rows).remove.size();
}

class DaySync {
 public:
  DaySync(Target& target, const ExtractedDay& extracted, SyncMode mode, const DayRules& rules,
          std::optional<KnownRows>& known)
      : target_(target), extracted_(extracted), mode_(mode), rules_(rules), known_(known) {
    if (rules.other) other_ledger_ = rules.other->ledger;
  }

  TargetOutcome run();
  TargetOutcome restore();

 private:
  const DayState& before() const { return outcome_.before; }
  bool other_has_rows() const { return other_ledger() && other_ledger()->filas != 0; }
  const std::optional<DayTotals>& other_ledger() const;
  bool is_up_to_date(const DayTotals& content) const;

  void look();
  bool must_wait_for_other() const;
  bool other_may_have_rows() const;
  TargetOutcome confirm(const DayTotals& content);
  void record_audit(const DayTotals& content);
  Judgement judgement(const ExtractedDay& content);
  std::vector<ProvenDay> known_here() const;
  std::vector<ProvenDay> proven(const ExtractedDay& content);
  std::optional<DayTotals> most_of_other(const ExtractedDay& content,
                                         std::span<const ProvenDay> known);
  bool was_never_verified(const std::string& target);
  bool remembered() const { return rules_.remembered && !before().ledger; }
  bool is_in_no_place() const;
  Judgement judgement_of_bots_days(WantedDay wanted, const std::vector<ProvenDay>& all);
  ExtractedDay content_as_sold();
  TargetOutcome write(const ExtractedDay& content, const Permit& permit, const ChangeNote& note);
  TargetOutcome keep(const Judgement& judgement);
  void record_archived_audit();
  bool was_emptied_on_purpose();
  bool copy_from_other();
  void reprocess(const ExtractedDay& content, const Permit& permit, const ChangeNote& note);

  ChangeReason reason(Finding finding) const;
  ChangeNote note(ChangeReason reason) const;

  const std::vector<SalesRow>& held_rows();
  const std::vector<SalesRow>* other_rows();

  Target& target_;
  const ExtractedDay& extracted_;
  const SyncMode mode_;
  const DayRules& rules_;
  std::optional<KnownRows>& known_;
  std::optional<DayTotals> other_ledger_;
  std::optional<std::vector<SalesRow>> other_rows_;
  bool other_asked_ = false;
  bool approved_ = false;  // without the approval it would not be written
  TargetOutcome outcome_;
};

const std::optional<DayTotals>& DaySync::other_ledger() const {
  return other_ledger_;
}

bool DaySync::is_up_to_date(const DayTotals& content) const {
  return before().intact() && before().actual == content;
}

/// The rows behind what the target holds: those already known when they add up to the same, else
/// the target's.
const std::vector<SalesRow>& DaySync::held_rows() {
  const DayTotals& held = before().actual;
  const bool same = known_ && known_->totals == held;
  if (held.filas == 0)
    known_ = KnownRows{};
  else if (!same)
    known_ = KnownRows{held, target_.rows(extracted_.date)};
  return known_->rows;
}

/// Only if they are what its ledger says, now: somebody may have repaired it by hand. That it does
/// not answer is not this target's fault.
const std::vector<SalesRow>* DaySync::other_rows() {
  if (!std::exchange(other_asked_, true) && other_ledger() && rules_.other->target) try {
      Target& other = *rules_.other->target;
      auto rows = other.rows(extracted_.date);
      const auto totals = totals_of(rows, rules_.branch_id, extracted_.date);
      if (totals != *other_ledger()) other_ledger_ = other.state(extracted_.date).ledger;
      if (totals == other_ledger()) other_rows_ = std::move(rows);
    } catch (const Error& error) {
      log::warning("{} {}: {}", to_string(extracted_.date), rules_.other->name, error.what());
    }
  return other_rows_ ? &*other_rows_ : nullptr;
}

void DaySync::look() {
  outcome_.before = target_.state(extracted_.date);
  outcome_.revision = before().revision;
  outcome_.holds = before().ledger.value_or(DayTotals{});
  outcome_.most_rows = std::max(outcome_.holds.filas, before().most.value_or(DayTotals{}).filas);
  if (rules_.revision && *rules_.revision != before().revision && !is_up_to_date(extracted_.totals))
    throw Overtaken(target_.name(), extracted_.date);
}

TargetOutcome DaySync::run() {
  look();
  const bool purged = extracted_.rows.empty() && rules_.ended && other_has_rows();
  if (mode_ != SyncMode::reprocess && !purged && is_up_to_date(extracted_.totals))
    return confirm(extracted_.totals);
  const ExtractedDay content = content_as_sold();
  if (mode_ != SyncMode::reprocess && !purged && is_up_to_date(content.totals))
    return confirm(content.totals);
  if (must_wait_for_other()) {
    outcome_.action = DayAction::postponed;
    return outcome_;
  }
  Judgement verdict = judgement(content);
  if (verdict.verdict != Verdict::write) return keep(verdict);
  if (content.totals != extracted_.totals)
    outcome_.content = std::make_shared<const ExtractedDay>(content);
  return write(content, *verdict.permit, note(reason(assess(before(), content.totals))));
}

/// A day without sales is never recorded where the other target has some.
bool DaySync::must_wait_for_other() const {
  return extracted_.rows.empty() && rules_.ended && !before().ledger &&
         before().actual.filas == 0 && rules_.other && !rules_.other->known;
}

/// Nothing has to be written but, where it is asked for, the audit.
TargetOutcome DaySync::confirm(const DayTotals& content) {
  if (mode_ == SyncMode::verify) record_audit(content);
  return outcome_;
}

/// Writes the audit into the ledger, of what the target holds as it is.
void DaySync::record_audit(const DayTotals& content) {
  const ProvenDay own{target_.name(), content, 0};
  const ExtractedDay day{extracted_.date, content, {}, false};
  const auto leave = judge({day.date, content, rules_.ended, false, {}}, {&own, 1}, rules_.limits);
  outcome_.recorded = load(target_, day, {}, *leave.permit, before(), {});
  if (!outcome_.recorded)
    throw Overtaken(target_.name(), day.date);  // it was changed between the two audits
}

/// An ended day keeps the suppliers of its sales, unless a person asks for the POS's.
ExtractedDay DaySync::content_as_sold() {
  const bool own = before().intact() && before().actual.filas != 0;
  if (!rules_.ended || extracted_.rows.empty()) return extracted_;
  const auto* reference = own ? &held_rows() : other_rows();
  if (!reference) return extracted_;
  AsSold sold = as_sold(extracted_.rows, *reference, rules_.master);
  if (sold.reclassified == 0 || was_never_verified(own ? target_.name() : rules_.other->name))
    return extracted_;
  outcome_.reclassified = sold.reclassified;
  outcome_.reclassifications = std::move(sold.examples);
  if (mode_ == SyncMode::reprocess) return extracted_;
  ExtractedDay content{extracted_.date, {}, std::move(sold.rows), false};
  content.totals = totals_of(content.rows, rules_.branch_id, content.date);
  return content;
}

/// A day that the Python bot left and that nobody has compared with the POS yet.
bool DaySync::was_never_verified(const std::string& target) {
  const bool others = rules_.other && target.starts_with(rules_.other->name);
  Target* asked = others ? rules_.other->target.get() : &target_;
  if (!asked) return false;
  try {
    const auto days = asked->ledger({extracted_.date, extracted_.date});
    return !days.empty() && days.front().verified <= LedgerDay::Instant{};
  } catch (const Error&) {
    if (asked == &target_) throw;
    return false;  // the other's silence is not this target's fault
  }
}

/// What the target's ledger says that it has, and has had.
std::vector<ProvenDay> DaySync::known_here() const {
  std::vector<ProvenDay> known;
  const DayState& own = before();
  if (own.ledger) known.push_back({target_.name(), *own.ledger, std::nullopt, own.intact()});
  if (own.ledger && own.most) known.push_back(proven_before(target_.name(), *own.most));
  return known;
}

std::vector<ProvenDay> DaySync::proven(const ExtractedDay& content) {
  std::vector<ProvenDay> all = known_here();
  const DayState& own = before();
  if (own.intact() && own.actual.filas != 0)
    all.front().rows_going = rows_going(held_rows(), content.rows, rules_.master);
  // Rows that contradict their ledger may be all that is left, unless the other ledger knows
  // better.
  const bool other_knows = (own.ledger && own.ledger == other_ledger()) ||
                           (other_has_rows() && *other_ledger() == content.totals);
  if (!own.intact() && !other_knows && own.actual.filas != 0 && rules_.ended)
    all.push_back({target_.name() + "'s rows", own.actual, std::nullopt, false});
  if (remembered()) all.push_back(*rules_.remembered);
  if (other_ledger()) {
    ProvenDay day{rules_.other->name, *other_ledger(), std::nullopt};
    const bool told_by_own = own.intact() && day.totals == own.actual;
    const bool differs = day.totals != content.totals && !told_by_own;
    if (differs && !content.rows.empty())
      if (const auto* rows = other_rows())
        day.rows_going = rows_going(*rows, content.rows, rules_.master);
    all.push_back(std::move(day));
    if (const auto most = most_of_other(content, all))
      all.push_back(proven_before(rules_.other->name, *most));
  }
  return all;
}

/// It is asked only where it matters: something would go, and nothing that is known holds it.
std::optional<DayTotals> DaySync::most_of_other(const ExtractedDay& content,
                                                std::span<const ProvenDay> known) {
  const bool goes = is_more_than(*other_ledger(), content.totals);
  if (!goes || !rules_.other->target) return std::nullopt;
  if (judge(unapproved_day(content, rules_), known, rules_.limits).verdict != Verdict::write)
    return std::nullopt;
  try {
    return rules_.other->target->state(extracted_.date).most;
  } catch (const Error& error) {
    log::warning("{} {}: {}", to_string(extracted_.date), rules_.other->name, error.what());
    return std::nullopt;
  }
}

Judgement DaySync::judgement(const ExtractedDay& content) {
  const auto all = proven(content);
  WantedDay wanted = wanted_day(content, rules_);
  if (is_in_no_place()) wanted.before_horizon = false;  // there is nothing to archive
  if (wanted.approved) {
    const WantedDay plain = unapproved_day(content, rules_);
    approved_ = judge(plain, all, rules_.limits).verdict != Verdict::write;
    return judge(wanted, all, rules_.limits);
  }
  Judgement verdict = judge(wanted, all, rules_.limits);
  if (verdict.verdict == Verdict::hold) verdict = judgement_of_bots_days(wanted, all);
  if (verdict.verdict != Verdict::hold || !verdict.loss || !rules_.approve_all) return verdict;
  approved_ = true;
  wanted.approved = {content.totals, verdict.loss->most};
  return judge(wanted, all, rules_.limits);
}

/// What the bot left counts as proven only where the POS has nothing to compare it with.
Judgement DaySync::judgement_of_bots_days(WantedDay wanted, const std::vector<ProvenDay>& all) {
  std::vector<ProvenDay> verified;
  for (const ProvenDay& day : all)
    if (!was_never_verified(day.target)) verified.push_back(day);
  if (verified.size() == all.size()) return judge(wanted, all, rules_.limits);
  if (wanted.totals.filas != 0) return judge(wanted, verified, rules_.limits);
  wanted.before_horizon = true;
  return judge(wanted, all, rules_.limits);
}

/// Purged in the POS, and since gone from the targets, too.
bool DaySync::is_in_no_place() const {
  return remembered() && before().actual.filas == 0 && !other_has_rows() && !other_may_have_rows();
}

ChangeReason DaySync::reason(Finding finding) const {
  if (approved_) return ChangeReason::aprobado;
  if (finding == Finding::damaged) return ChangeReason::danado;
  if (mode_ != SyncMode::reprocess) return ChangeReason::pos;
  return outcome_.reclassified == 0 ? ChangeReason::reproceso : ChangeReason::reclasificado;
}

ChangeNote DaySync::note(ChangeReason reason) const {
  const bool damaged = assess(before(), {}) == Finding::damaged;
  if (rules_.approval && (reason == ChangeReason::aprobado || reason == ChangeReason::copiado))
    return {reason, rules_.approval->actor, rules_.approval->reason, damaged};
  return {reason, rules_.actor, rules_.note, damaged};
}

void DaySync::reprocess(const ExtractedDay& content, const Permit& permit, const ChangeNote& note) {
  if (consolidador::reprocess(target_, content, permit, before(), note)) return;
  throw Error(ErrorClass::permanent, ErrorCause::audit,
              fmt::format("{}: {} does not hold what was written, after a full replacement too; "
                          "look for triggers or another writer on VentasAgrupadas",
                          target_.name(), to_string(content.date)));
}

TargetOutcome DaySync::write(const ExtractedDay& content, const Permit& permit,
                             const ChangeNote& note) {
  const Finding finding = assess(before(), content.totals);
  outcome_.action = approved_                      ? DayAction::approved
                    : mode_ == SyncMode::reprocess ? DayAction::reprocessed
                                                   : action_for(finding);
  outcome_.holds = content.totals;
  outcome_.most_rows =
      approved_ ? content.totals.filas : std::max(outcome_.most_rows, content.totals.filas);
  if (mode_ == SyncMode::reprocess) {
    reprocess(content, permit, note);
    outcome_.written = content.rows.size();
    outcome_.removed = before().actual.filas;
    outcome_.revision = revision_after(before(), content.totals, Emptied::yes);
    outcome_.recorded = true;
    return outcome_;
  }
  if (finding == Finding::damaged) {
    report_damage(target_, content.date, before());
    ++outcome_.attempts;
  }
  const Delta delta = compare(held_rows(), content.rows);
  outcome_.written = delta.write.size();
  outcome_.removed = delta.remove.size();
  if (mode_ == SyncMode::plan) return outcome_;
  outcome_.recorded = true;
  outcome_.revision = revision_after(before(), content.totals, Emptied::no);
  if (load(target_, content, delta, permit, before(), note)) return outcome_;
  log::warning("{} {}: the audit after writing failed; emptying and writing the day again",
               to_string(content.date), target_.name());
  reprocess(content, permit, note);
  outcome_.action = DayAction::repaired;
  outcome_.written = content.rows.size();
  outcome_.revision = revision_after(before(), content.totals, Emptied::yes);
  ++outcome_.attempts;
  return outcome_;
}

/// The POS's content is not written. What was proven is, where this target has lost it and the
/// other has it.
TargetOutcome DaySync::keep(const Judgement& judgement) {
  const bool held = judgement.verdict == Verdict::hold;
  outcome_.action = held ? DayAction::held : DayAction::archived;
  outcome_.reason = judgement.reason;
  outcome_.loss = judgement.loss;
  outcome_.conflict = judgement.conflict;
  const bool sound = before().intact() && (before().actual.filas != 0 || !other_has_rows());
  if (sound) {
    if (!held) record_archived_audit();
    return outcome_;
  }
  if (other_has_rows() && was_emptied_on_purpose()) {
    outcome_.action = DayAction::held;
    outcome_.conflict = true;
    outcome_.loss.reset();
    outcome_.reason = fmt::format(
        "{} has been emptied by an approval, {} has {} rows, sales {}, and the POS has none",
        target_.name(), rules_.other->name, other_ledger()->filas,
        other_ledger()->venta.to_string());
    return outcome_;
  }
  if (copy_from_other()) {
    if (!held) outcome_.action = DayAction::copied;
    return outcome_;
  }
  const bool had_it = (before().ledger && before().ledger->filas != 0) || is_in_no_place();
  if (held || (before().actual.filas == 0 && !had_it))
    return outcome_;  // it follows when the other answers
  outcome_.action = DayAction::held;
  outcome_.reason = fmt::format(
      "the POS has it no longer, the rows in {} are not those of its ledger ({}), and {}; they are "
      "left as they are",
      target_.name(),
      before().ledger ? differences(*before().ledger, before().actual) : "which has not the day",
      other_may_have_rows() ? rules_.other->name + " cannot be asked now"
                            : std::string("no other place has them"));
  return outcome_;
}

/// The day is proven when the other target holds the same, or there is none.
void DaySync::record_archived_audit() {
  if (mode_ == SyncMode::plan) return;
  if (rules_.other && (!other_ledger() || *other_ledger() != before().actual)) return;
  record_audit(before().actual);
}

bool DaySync::other_may_have_rows() const {
  return rules_.other && !rules_.other->target && (other_has_rows() || !rules_.other->known);
}

/// The ledger says that somebody has let the day go, and nobody has emptied it by hand since.
bool DaySync::was_emptied_on_purpose() {
  constexpr std::uint32_t first_content = 1;  // as the version before recorded what it lacked
  if (!before().intact() || before().actual.filas != 0 || before().revision <= first_content)
    return false;
  const auto days = target_.ledger({extracted_.date, extracted_.date});
  return !days.empty() && days.front().verified >= days.front().last_sync;
}

bool DaySync::copy_from_other() {
  const auto* rows = other_rows();
  if (!rows || rows->empty()) return false;
  const ExtractedDay copy{extracted_.date, *other_ledger(), *rows, false};
  const auto leave = judge({copy.date, copy.totals, true, false, {}}, known_here(), rules_.limits);
  if (!leave.permit) return false;
  const Delta delta = compare(held_rows(), copy.rows);
  outcome_.written = delta.write.size();
  outcome_.removed = delta.remove.size();
  outcome_.holds = copy.totals;
  outcome_.content = std::make_shared<const ExtractedDay>(copy);
  if (mode_ == SyncMode::plan) return true;
  outcome_.revision = revision_after(before(), copy.totals, Emptied::no);
  outcome_.recorded = true;
  if (!load(target_, copy, delta, *leave.permit, before(), note(ChangeReason::copiado))) {
    reprocess(copy, *leave.permit, note(ChangeReason::copiado));
    outcome_.revision = revision_after(before(), copy.totals, Emptied::yes);
    ++outcome_.attempts;
  }
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
  const auto* rows = other_rows();
  if (!rows)
    throw DataError(
        fmt::format("{}: the rows to restore from cannot be read, or are not those of "
                    "their ledger; nothing was restored",
                    to_string(extracted_.date)));
  const ExtractedDay copy{extracted_.date, *other_ledger(), *rows, false};
  if (rules_.approval && (copy.totals != rules_.approval->loss.content ||
                          before().ledger.value_or(DayTotals{}) != rules_.approval->loss.shown))
    throw DataError(fmt::format("{}: the targets have changed since it was decided; look again",
                                to_string(extracted_.date)));
  const auto leave = judge({copy.date, copy.totals, true, false, ApprovedLoss{copy.totals, {}}}, {},
                           rules_.limits);
  TargetOutcome outcome = write(copy, *leave.permit, note(ChangeReason::copiado));
  outcome.action = DayAction::copied;
  outcome.content = std::make_shared<const ExtractedDay>(copy);
  return outcome;
}

}  // namespace

std::optional<TargetOutcome> push_delta(Target& target, const ExtractedDay& wanted,
                                        const ExtractedDay& held, const DayRules& rules) {
  const auto& other = rules.other;
  if (other && other->ledger && other->ledger->filas > wanted.totals.filas) return std::nullopt;
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
