// SPDX-License-Identifier: MIT
#include "lib/sync/day_case.hpp"

#include <utility>

#include "lib/core/log.hpp"
#include "lib/sync/loader.hpp"
#include "lib/sync/row_differences.hpp"
#include "lib/sync/target_rows.hpp"

namespace consolidador {
namespace {

WantedDay unapproved_day(const ExtractedDay& day, const DayRules& rules) {
  return {day.date, day.totals, rules.ended, day.before_horizon, std::nullopt, false};
}

/// What a target holds, and what would take its place.
struct Exchange {
  Target& target;
  std::span<const SalesRow> held;
  std::span<const SalesRow> wanted;
};

/// A row that the target was proven with, and that the POS now gives as one that cannot be taken,
/// was sold: what was rejected already when the day was proven is no loss of it.
void note_going(const Exchange& exchange, const ExtractedDay& extracted, const DayRules& rules,
                ProvenDay& day) {
  const AsSold wanted = as_sold(exchange.wanted, exchange.held, rules.master);
  const auto going = compare(exchange.held, wanted.rows).remove;
  day.rows_going = going.size();
  if (going.empty() || extracted.rejected.empty()) return;
  const auto fresh = newly_rejected(extracted.rejected, exchange.target.rejected(extracted.date));
  day.gone_bad = rows_gone_bad(going, fresh, rules.ended);
}

/// True when `totals` equal the ledger or the rows that the target holds.
bool fits(const DayState& before, const DayTotals& totals) {
  return totals == before.ledger || totals == before.actual;
}

}  // namespace

ProvenDay proven_before(const std::string& target, const DayTotals& most) {
  return {target, most, std::nullopt, false, " before its last changes"};
}

std::uint64_t rows_going(std::span<const SalesRow> held, std::span<const SalesRow> wanted,
                         const MasterData& master) {
  return compare(held, as_sold(wanted, held, master).rows).remove.size();
}

WantedDay wanted_day(const ExtractedDay& day, const DayRules& rules) {
  WantedDay wanted = unapproved_day(day, rules);
  if (rules.approval) wanted.approved = rules.approval->loss;
  return wanted;
}

DayCase::DayCase(Target& target, const ExtractedDay& extracted, const DayRules& rules,
                 std::optional<KnownRows>& known, Proof proof)
    : target_(target), extracted_(extracted), rules_(rules), known_(known), proof_(proof) {
  if (!rules.other) return;
  other_ledger_ = rules.other->ledger;
  other_verified_ = rules.other->verified;
}

void DayCase::look() {
  before_ = rules_.seen ? *rules_.seen : target_.state(extracted_.date);
  if (rules_.revision && *rules_.revision != before_.revision && !sums_agree(extracted_.totals))
    throw Overtaken(target_.name(), extracted_.date);
  // What the target before this one held may have been proven here: that one may have moved on.
  if (is_damaged() && known_ && fits(before_, known_->totals)) earlier_ = *known_;
}

bool DayCase::sums_agree(const DayTotals& content) const {
  return before_.intact() && before_.actual == content;
}

bool DayCase::is_up_to_date(const ExtractedDay& content) {
  if (!sums_agree(content.totals)) return false;
  if (proof_ == Proof::rows) forged_ = held_rows() != content.rows;
  return !forged_;
}

Finding DayCase::finding(const DayTotals& content) const {
  return forged_ ? Finding::damaged : assess(before_, content);
}

bool DayCase::was_emptied_since_audit() {
  const auto days = target_.ledger({extracted_.date, extracted_.date});
  return before_.emptied() && !days.empty() && days.front().verified <= days.front().last_sync;
}

const std::vector<SalesRow>& DayCase::held_rows() {
  const DayTotals& held = before_.actual;
  const bool trusted = std::exchange(held_read_, true) || proof_ == Proof::sums;
  const bool same = trusted && known_ && known_->totals == held;
  if (held.filas == 0)
    known_ = KnownRows{};
  else if (!same)
    known_ = KnownRows{held, target_rows(target_, held, extracted_, rules_.branch_id)};
  return known_->rows;
}

/// Its ledger is read again where they do not fit: somebody may have repaired the day by hand.
const std::vector<SalesRow>* DayCase::other_rows() {
  if (!std::exchange(other_asked_, true) && other_ledger_ && rules_.other->target) try {
      Target& other = *rules_.other->target;
      auto rows = target_rows(other, *other_ledger_, extracted_, rules_.branch_id);
      const auto totals = totals_of(rows, rules_.branch_id, extracted_.date);
      if (totals != *other_ledger_) {
        const DayState now = other.state(extracted_.date);
        other_ledger_ = now.ledger;
        other_verified_ = now.verified;
      }
      if (totals == other_ledger_) other_rows_ = std::move(rows);
    } catch (const Error& error) {
      log::warning("{} {}: {}", to_string(extracted_.date), rules_.other->name, error.what());
    }
  return other_rows_ ? &*other_rows_ : nullptr;
}

const std::vector<SalesRow>* DayCase::proven_rows() {
  if (earlier_) return &earlier_->rows;
  if (rules_.confirmed && fits(before_, rules_.confirmed->totals)) return &rules_.confirmed->rows;
  if (!other_ledger_ || !fits(before_, *other_ledger_)) return nullptr;
  const auto* rows = other_rows();
  return other_ledger_ && fits(before_, *other_ledger_) ? rows : nullptr;
}

std::vector<std::string> DayCase::differences_from_other() {
  if (!rules_.other || !rules_.other->target) return {};
  Target& other = *rules_.other->target;
  const Date date = extracted_.date;
  const Seals own = target_.seals(date);
  std::vector<SalesRow> others;
  BucketSet buckets;
  try {
    buckets = differing(own, other.seals(date));
    if (buckets.none() || !other.state(date).intact()) return {};
    others = other.rows(date, buckets);
  } catch (const Error& error) {
    log::warning("{} {}: {}", to_string(date), rules_.other->name, error.what());
    return {};
  }
  return row_differences(target_.rows(date, buckets), others);
}

bool DayCase::other_may_have_rows() const {
  return rules_.other && !rules_.other->target && (other_has_rows() || !rules_.other->known);
}

bool DayCase::must_wait_for_other() const {
  return extracted_.rows.empty() && rules_.ended && !before_.ledger && before_.actual.filas == 0 &&
         rules_.other && !rules_.other->known;
}

bool DayCase::is_in_no_place() const {
  if (before_.emptied() && !other_has_rows()) return true;
  return remembered() && before_.actual.filas == 0 && !other_has_rows() && !other_may_have_rows();
}

bool DayCase::was_never_verified(const std::string& target) {
  const bool others = rules_.other && target == rules_.other->name;
  if (!others && !before_.verified && before_.ledger) {  // the older procedure does not tell
    const auto days = target_.ledger({extracted_.date, extracted_.date});
    if (!days.empty()) before_.verified = days.front().verified;
  }
  const auto& verified = others ? other_verified_ : before_.verified;
  return verified && *verified <= DayState::Instant{};
}

bool DayCase::was_emptied_on_purpose() {
  constexpr std::uint32_t first_content = 1;  // as the version before recorded what it lacked
  if (!before_.intact() || before_.actual.filas != 0 || before_.revision <= first_content ||
      before_.emptied())
    return false;
  const auto days = target_.ledger({extracted_.date, extracted_.date});
  return !days.empty() && days.front().verified >= days.front().last_sync;
}

std::vector<ProvenDay> DayCase::known_here() const {
  std::vector<ProvenDay> known;
  const auto& [actual, ledger, revision, most, verified, rejected, hands] = before_;
  if (ledger) known.push_back({target_.name(), *ledger, std::nullopt, is_sound()});
  if (ledger && most) known.push_back(proven_before(target_.name(), *most));
  return known;
}

std::vector<ProvenDay> DayCase::proven(const ExtractedDay& content) {
  std::vector<ProvenDay> all = known_here();
  const DayTotals& rows = before_.actual;
  if (is_sound() && rows.filas != 0)
    note_going({target_, held_rows(), content.rows}, extracted_, rules_, all.front());
  if (!before_.intact() && rows.filas != 0 && rules_.ended && !other_knows_better(content))
    all.push_back({target_.name(), rows, std::nullopt, false, "'s rows"});
  if (remembered()) all.push_back(*rules_.remembered);
  if (other_ledger_) add_other(content, all);
  return all;
}

/// Else rows that contradict their ledger may be all that is left.
bool DayCase::other_knows_better(const ExtractedDay& content) const {
  return (before_.ledger && before_.ledger == other_ledger_) ||
         (other_has_rows() && *other_ledger_ == content.totals);
}

void DayCase::add_other(const ExtractedDay& content, std::vector<ProvenDay>& all) {
  ProvenDay day{rules_.other->name, *other_ledger_, std::nullopt};
  const bool told_by_own = before_.intact() && day.totals == before_.actual;
  if (day.totals != content.totals && !told_by_own && !content.rows.empty())
    if (const auto* rows = other_rows())
      note_going({*rules_.other->target, *rows, content.rows}, extracted_, rules_, day);
  all.push_back(std::move(day));
  if (const auto most = most_of_other(content, all))
    all.push_back(proven_before(rules_.other->name, *most));
}

/// It is asked only where it matters: something would go, and nothing that is known holds it.
std::optional<DayTotals> DayCase::most_of_other(const ExtractedDay& content,
                                                std::span<const ProvenDay> known) {
  const OtherTarget& other = *rules_.other;
  if (!is_more_than(*other_ledger_, content.totals)) return std::nullopt;
  if (other.state) return other.state->most;
  const auto verdict = consolidador::judge(unapproved_day(content, rules_), known, rules_.limits);
  if (!other.target || verdict.verdict != Verdict::write) return std::nullopt;
  try {
    return other.target->state(extracted_.date).most;
  } catch (const Error& error) {
    log::warning("{} {}: {}", to_string(extracted_.date), other.name, error.what());
    return std::nullopt;
  }
}

Judgement DayCase::judge(const ExtractedDay& content, bool closing) {
  const auto all = proven(content);
  WantedDay wanted = wanted_day(content, rules_);
  wanted.closes = closing;
  if (is_in_no_place()) wanted.before_horizon = false;  // there is nothing to archive
  if (wanted.approved) {
    const WantedDay plain = unapproved_day(content, rules_);
    needed_approval_ = consolidador::judge(plain, all, rules_.limits).verdict != Verdict::write;
    return consolidador::judge(wanted, all, rules_.limits);
  }
  Judgement verdict = consolidador::judge(wanted, all, rules_.limits);
  if (verdict.verdict == Verdict::hold)
    if (auto of_bots_days = judge_bots_days(wanted, all)) verdict = std::move(*of_bots_days);
  if (verdict.verdict != Verdict::hold || !verdict.loss || !rules_.approve_all) return verdict;
  needed_approval_ = true;
  wanted.approved = {content.totals, verdict.loss->most};
  return consolidador::judge(wanted, all, rules_.limits);
}

/// What the bot left counts as proven only where the POS has nothing to compare it with. Nothing:
/// it has left none of this day.
std::optional<Judgement> DayCase::judge_bots_days(WantedDay wanted,
                                                  const std::vector<ProvenDay>& all) {
  std::vector<ProvenDay> verified;
  for (const ProvenDay& day : all)
    if (!was_never_verified(day.target)) verified.push_back(day);
  if (verified.size() == all.size()) return std::nullopt;
  if (wanted.totals.filas != 0) return consolidador::judge(wanted, verified, rules_.limits);
  wanted.before_horizon = true;
  return consolidador::judge(wanted, all, rules_.limits);
}

}  // namespace consolidador
