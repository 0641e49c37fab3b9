// SPDX-License-Identifier: MIT
#include "lib/sync/day_sync.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "lib/sync/day_keeper.hpp"
#include "lib/sync/day_writer.hpp"

namespace consolidador {
namespace {

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

/// One look at the day, and the way that it goes from there.
class DaySync : DayWork {
 public:
  explicit DaySync(const DayWork& work) : DayWork(work) {}

  void run();
  void restore();

 private:
  void look();
  void confirm(const DayTotals& content);
  ExtractedDay content_as_sold();
};

void DaySync::look() {
  case_.look();
  outcome_.before = case_.before();
  outcome_.ended = rules_.ended;
  outcome_.revision = before().revision;
  outcome_.holds = before().ledger.value_or(DayTotals{});
  outcome_.most_rows = std::max(outcome_.holds.filas, before().most.value_or(DayTotals{}).filas);
}

void DaySync::run() {
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
    return;
  }
  const Judgement judgement = case_.judge(content, closes());
  if (judgement.verdict != Verdict::hold) keep_rejected(target_, extracted_, before(), mode_);
  if (judgement.verdict != Verdict::write) return DayKeeper(*this).keep(judgement);
  if (content.totals != extracted_.totals)
    outcome_.content = std::make_shared<const ExtractedDay>(content);
  DayWriter(*this).write(content, *judgement.permit);
}

/// Nothing has to be written but the audit, where it is asked for or closes the day.
void DaySync::confirm(const DayTotals& content) {
  keep_rejected(target_, extracted_, before(), mode_);
  if (mode_ == SyncMode::audit || (mode_ == SyncMode::write && closes()))
    DayWriter(*this).record_audit(content);
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

void DaySync::restore() {
  look();
  if (!extracted_.rows.empty())
    throw DataError(
        fmt::format("{}: the POS has sales of this day, so it decides; nothing was "
                    "restored",
                    to_string(extracted_.date)));
  const auto copy = copy_of_other();
  if (!copy)
    throw DataError(
        fmt::format("{}: the rows to restore from cannot be read, or are not those of "
                    "their ledger; nothing was restored",
                    to_string(extracted_.date)));
  if (rules_.approval && (copy->totals != rules_.approval->loss.content ||
                          before().ledger.value_or(DayTotals{}) != rules_.approval->loss.shown))
    throw DataError(fmt::format("{}: the targets have changed since it was decided; look again",
                                to_string(extracted_.date)));
  const auto leave = judge({copy->date, copy->totals, true, false, ApprovedLoss{copy->totals, {}}},
                           {}, rules_.limits);
  DayWriter(*this).restore(*copy, *leave.permit);
}

}  // namespace

TargetOutcome sync_day(Target& target, const ExtractedDay& wanted, SyncMode mode,
                       const DayRules& rules, std::optional<KnownRows>& known) {
  DayCase found(target, wanted, rules, known, proof_of(mode));
  TargetOutcome outcome;
  DaySync({target, wanted, mode, rules, found, outcome}).run();
  return outcome;
}

TargetOutcome restore_day(Target& target, const ExtractedDay& extracted, const DayRules& rules) {
  std::optional<KnownRows> known;
  DayCase found(target, extracted, rules, known, Proof::sums);
  TargetOutcome outcome;
  DaySync({target, extracted, SyncMode::write, rules, found, outcome}).restore();
  return outcome;
}

}  // namespace consolidador
