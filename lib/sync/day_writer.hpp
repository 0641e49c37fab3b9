// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "lib/sync/auditor.hpp"
#include "lib/sync/day_work.hpp"
#include "lib/sync/loader.hpp"

namespace consolidador {

/// Writes what the judge gives leave for, and says in the outcome what has come of it, or would
/// come where nothing may be written. Throws Overtaken, Error (permanent, audit) when the target
/// does not hold the day even after a reprocess, and what the target throws.
class DayWriter : DayWork {
 public:
  explicit DayWriter(const DayWork& work) : DayWork(work) {}

  /// What the POS has.
  void write(const ExtractedDay& content, const Permit& permit);

  /// The other target's rows, whatever this one holds: a person has decided.
  void restore(const ExtractedDay& copy, const Permit& permit);

  /// The other target's rows, which this one has lost. False: the audit after it failed, and the
  /// day was emptied and written whole.
  bool copy(const ExtractedDay& copy, const Permit& permit);

  /// Writes only the audit into the ledger, of what the target holds as it is.
  void record_audit(const DayTotals& content);

 private:
  void write(const ExtractedDay& content, const Permit& permit, ChangeReason reason);
  DayAction action_of_writing(Finding finding) const;
  void report(const ExtractedDay& content);
  bool write_difference(const ExtractedDay& content, const Permit& permit, const ChangeNote& note);
  std::optional<Repair> repair(const ExtractedDay& content);
  bool write_in_steps(const ExtractedDay& content, const Permit& permit);
  void reprocess(const ExtractedDay& content, const Permit& permit, const ChangeNote& note);
  void note_written(const ExtractedDay& content, const Delta& delta, const Permit& permit);
  void note_change(const Delta& delta, const Permit& permit);
  ChangeReason reason_of_change() const;
  ChangeNote change_note(ChangeReason reason) const;
};

}  // namespace consolidador
