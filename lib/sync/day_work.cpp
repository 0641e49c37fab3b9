// SPDX-License-Identifier: MIT
#include "lib/sync/day_work.hpp"

#include <fmt/format.h>

namespace consolidador {

std::string DayWork::day_there() const {
  return fmt::format("{} {}", to_string(extracted_.date), target_.name());
}

bool DayWork::closes() const {
  return mode_ != SyncMode::reprocess && rules_.first_look_at(before()) && !case_.is_damaged();
}

std::optional<ExtractedDay> DayWork::copy_of_other() const {
  const auto* rows = case_.other_rows();
  if (!rows) return std::nullopt;
  return ExtractedDay{extracted_.date, *case_.other_ledger(), *rows, false};
}

}  // namespace consolidador
