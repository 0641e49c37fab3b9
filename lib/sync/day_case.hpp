// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/sync/auditor.hpp"
#include "lib/sync/day_rules.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What a target's content is known by.
enum class Proof {
  sums,  ///< count, sums and Huella: enough where nobody means to deceive
  rows,  ///< the rows themselves, or seals of them
};

/// Rows that a target is known to hold, kept so that the next target with the same content need not
/// be asked for them. One day at a time.
struct KnownRows {
  DayTotals totals;
  std::vector<SalesRow> rows;
};

/// One day of one target before the judge: what is known of it, there and in the other target, and
/// the judgement of what the POS has. It reads, and never writes. What it is made of must outlive
/// it. Throws what the target throws; that the other does not answer is no error of this target's.
class DayCase {
 public:
  DayCase(Target& target, const ExtractedDay& extracted, const DayRules& rules,
          std::optional<KnownRows>& known, Proof proof);

  /// What the target holds; comes first. Throws Overtaken when somebody else has written the day
  /// since the revision of the rules.
  void look();
  const DayState& before() const { return before_; }
  bool is_up_to_date(const ExtractedDay& content);
  /// The rows were found to be others than those that they add up to.
  bool is_forged() const noexcept { return forged_; }
  bool is_damaged() const { return finding({}) == Finding::damaged; }
  /// Since the day was audited last it was emptied here.
  bool was_emptied_since_audit();
  Finding finding(const DayTotals& content) const;

  /// The rows behind what the target holds: those already known when they add up to the same and
  /// sums are proof, else the target's.
  const std::vector<SalesRow>& held_rows();
  /// The other target's, only if they are what its ledger says; nullptr: they are not, or it cannot
  /// be asked.
  const std::vector<SalesRow>* other_rows();
  const std::optional<DayTotals>& other_ledger() const { return other_ledger_; }
  bool other_has_rows() const { return other_ledger_ && other_ledger_->filas != 0; }
  bool other_may_have_rows() const;
  /// Of a damaged day: the rows that were proven here before, where this process or the other
  /// target has them; nullptr: nobody has.
  const std::vector<SalesRow>* proven_rows();

  /// A day without sales is never recorded where the other target has some: whether it has is not
  /// known yet.
  bool must_wait_for_other() const;
  /// Purged in the POS, and since gone from the targets, too.
  bool is_in_no_place() const;
  /// A day that the Python bot left, and that nobody has compared with the POS yet.
  bool was_never_verified(const std::string& target);
  /// The ledger says that somebody has let the day go, and nobody has emptied it by hand since.
  bool was_emptied_on_purpose();

  /// Where the rows are not those of the other target, though the sums are: a line for each, for
  /// people. Empty also when the other cannot be asked, or is damaged: that is repaired there.
  std::vector<std::string> differences_from_other();

  /// What the target's ledger says that it has, and has had.
  std::vector<ProvenDay> known_here() const;
  /// `closing`: the content is the one that the day closes with.
  Judgement judge(const ExtractedDay& content, bool closing);
  /// Without the approval, what was judged last would not be written.
  bool needed_approval() const noexcept { return needed_approval_; }

 private:
  bool sums_agree(const DayTotals& content) const;
  bool is_sound() const { return before_.intact() && !forged_; }
  std::vector<ProvenDay> proven(const ExtractedDay& content);
  bool other_knows_better(const ExtractedDay& content) const;
  void add_other(const ExtractedDay& content, std::vector<ProvenDay>& all);
  std::optional<DayTotals> most_of_other(const ExtractedDay& content,
                                         std::span<const ProvenDay> known);
  std::optional<Judgement> judge_bots_days(WantedDay wanted, const std::vector<ProvenDay>& all);
  bool remembered() const { return rules_.remembered && !before_.ledger; }

  Target& target_;
  const ExtractedDay& extracted_;
  const DayRules& rules_;
  std::optional<KnownRows>& known_;
  const Proof proof_;
  DayState before_;
  std::optional<DayTotals> other_ledger_;
  std::optional<DayState::Instant> other_verified_;
  std::optional<std::vector<SalesRow>> other_rows_;
  std::optional<KnownRows> earlier_;  ///< of `known`, those proven here before the damage
  bool held_read_ = false;
  bool other_asked_ = false;
  bool forged_ = false;
  bool needed_approval_ = false;
};

/// Small losses must not add up to a large one: the most that the day has been proven with.
ProvenDay proven_before(const std::string& target, const DayTotals& most);

/// How many keys of `held` the wanted rows have not. With other suppliers for the same sales none
/// of them goes.
std::uint64_t rows_going(std::span<const SalesRow> held, std::span<const SalesRow> wanted,
                         const MasterData& master);

/// What the rules say of the extracted day, its approval included.
WantedDay wanted_day(const ExtractedDay& day, const DayRules& rules);

}  // namespace consolidador
