// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "lib/sync/day_writer.hpp"
#include "lib/sync/judgement.hpp"

namespace consolidador {

/// What becomes of a day whose content in the POS is not written, because it is held or archived:
/// what was proven stays, and is brought from the other target where this one has lost it. Throws
/// as DayWriter.
class DayKeeper : DayWork {
 public:
  explicit DayKeeper(const DayWork& work) : DayWork(work), writer_(work) {}

  void keep(const Judgement& judgement);

 private:
  void tell_emptied();
  void hold(std::string reason);
  void hold_emptied_on_purpose();
  void hold_damaged();
  void hold_forged(const std::vector<std::string>& rows);
  void record_archived_audit();
  bool copy_from_other();

  DayWriter writer_;
};

}  // namespace consolidador
