// SPDX-License-Identifier: MIT
#include "lib/sync/auditor.hpp"

#include <fmt/format.h>

namespace consolidador {

namespace {

bool is_emptied_by(const DayState& before, Emptied emptied) {
  return emptied == Emptied::yes && (before.ledger->filas != 0 || before.ledger->huella != 0);
}

std::uint32_t revision_until_recorded(const DayState& before, Emptied emptied) {
  return before.ledger ? before.revision + (is_emptied_by(before, emptied) ? 1 : 0) : 0;
}

}  // namespace

Finding assess(const DayState& state, const DayTotals& wanted) {
  if (!state.ledger) return state.actual == DayTotals{} ? Finding::missing : Finding::damaged;
  if (*state.ledger != state.actual) return Finding::damaged;
  if (state.actual == wanted) return Finding::up_to_date;
  return state.made_to_fit() ? Finding::damaged : Finding::outdated;
}

Overtaken::Overtaken(const std::string& target, Date date)
    : Error(ErrorClass::transient, ErrorCause::server,
            fmt::format("{}: {} was written by another process of this branch meanwhile (the "
                        "service, or `consolidadord once`); it is read from the POS again",
                        target, to_string(date))) {}

std::uint32_t revision_after(const DayState& before, const DayTotals& wanted, Emptied emptied) {
  if (!before.ledger) return 1;
  const auto huella = is_emptied_by(before, emptied) ? 0 : before.ledger->huella;
  return revision_until_recorded(before, emptied) + (wanted.huella != huella ? 1 : 0);
}

bool record_if_equal(Target& target, TargetTransaction& transaction, const ExtractedDay& wanted,
                     const DayState& before, Emptied emptied) {
  const DayState state = transaction.record(wanted.date, wanted.totals);
  const auto expected = state.ledger == wanted.totals
                            ? revision_after(before, wanted.totals, emptied)
                            : revision_until_recorded(before, emptied);
  if (state.revision != expected) throw Overtaken(target.name(), wanted.date);
  return assess(state, wanted.totals) == Finding::up_to_date;
}

bool commit_if_equal(Target& target, TargetTransaction& transaction, const ExtractedDay& wanted,
                     const DayState& before, Emptied emptied) {
  if (!record_if_equal(target, transaction, wanted, before, emptied)) return false;
  transaction.commit();
  return true;
}

}  // namespace consolidador
