// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <set>
#include <string>

#include "daemon/service/day_book.hpp"
#include "daemon/service/places.hpp"
#include "daemon/service/request_book.hpp"
#include "daemon/service/request_store.hpp"

namespace consolidador {

/// The request is what a person has decided of held days.
constexpr bool is_decision(RequestKind kind) noexcept {
  return kind == RequestKind::approve || kind == RequestKind::restore;
}

/// What people may decide of held days, and what becomes of it: a decision lets a day be written,
/// once, and is good for what was shown. Loop thread only.
class RequestDecisions {
 public:
  /// All of them must outlive this object.
  struct Parts {
    const Branch& branch;
    const DayBook& book;
    Holdings& holdings;
    const Places& places;
  };
  explicit RequestDecisions(const Parts& parts) : parts_(parts) {}

  /// What can be decided now, with what is shown of each day; nobody has decided it yet. Throw
  /// RequestRefused where there is nothing to decide.
  StoredRequest on_losses(const DateRange& range) const;
  StoredRequest on_conflict(Date date, const std::string& from) const;

  /// All days that it lets be written, per target.
  std::set<DayInTargetKey> days_of(const StoredRequest& decision) const;

  /// From now on it lets `days` be written.
  void note(const StoredRequest& decision, const std::set<DayInTargetKey>& days);
  /// Where it is carried out in every target it is good for nothing any more.
  void carried_out(Date date) { parts_.holdings.decisions().forget_day(date); }
  void forget(std::uint64_t request) { parts_.holdings.decisions().forget_request(request); }

  /// Where the look has found something else than what was decided about, ends the decision;
  /// returns the request that it was a part of.
  std::optional<std::uint64_t> end_outdated(const DayReport& report);

 private:
  Parts parts_;
};

}  // namespace consolidador
