// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "lib/sync/day_rules.hpp"

namespace consolidador {

/// What people have decided of days that are held, until the request that it is a part of is done.
/// Loop thread only.
class Decisions {
 public:
  void approve(std::uint64_t request, Date date, const Approval& approval);
  void restore(std::uint64_t request, Date date, const std::string& from, const Approval& approval);

  void forget_request(std::uint64_t request);
  /// The POS or a target has changed since: nothing is decided of the day any more. Returns the
  /// request that it was a part of; nothing: there was none.
  std::optional<std::uint64_t> forget_day(Date date);

  /// The approval under which the day is written or restored; nothing: there is none.
  std::optional<Approval> approval(Date date) const;
  /// What was decided of the day; nullptr: nothing.
  const ApprovedLoss* loss(Date date) const;
  /// Who has decided what of the day and why, for people; empty: nobody has.
  std::string text(Date date) const;
  /// From which target the day is restored; nothing: it is not.
  std::optional<std::string> restored_from(Date date) const;

 private:
  struct Decision {
    std::uint64_t request = 0;
    Approval approval;
    std::optional<std::string> restore_from;
    std::string text;
  };

  const Decision* find(Date date) const;

  std::map<Date, Decision> by_date_;
};

}  // namespace consolidador
