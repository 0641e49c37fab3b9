// SPDX-License-Identifier: MIT
#pragma once
#include <set>
#include <string>
#include <vector>

#include "daemon/service/overview.hpp"
#include "daemon/service/request_book.hpp"
#include "daemon/service/request_store.hpp"

namespace consolidador {

/// What operators ask for, and what they decide about held days: accepted within limits, kept on
/// the disk until it is done, handed to the lanes, and told about. Loop thread only.
class Requests {
 public:
  /// All of them must outlive this object.
  struct Parts {
    const Branch& branch;
    const DayBook& book;
    Holdings& holdings;
    Places& places;
    Overview& overview;
    Audience& audience;
  };
  /// Throws Error (internal) when the folder for the requests cannot be made.
  explicit Requests(const Parts& parts);

  /// Goes on with what a former process has accepted and not finished.
  void resume();

  // As in Control.
  std::vector<RequestInfo> running() const { return running_.running(); }
  RequestInfo accept(RequestKind kind, const DateRange& asked, const std::string& actor);
  RequestInfo approve(const DateRange& range, const std::string& reason, const std::string& actor);
  RequestInfo restore(Date date, const std::string& from, const std::string& reason,
                      const std::string& actor);
  bool cancel(std::uint64_t id);
  void take_over(const std::string& actor);

  void day_done(const DayReport& report);
  void forget_target(const std::string& target);  ///< it is no longer configured

 private:
  using Days = std::set<RequestBook::DayInTargetKey>;

  void check(const DateRange& range) const;
  void check_decision(const DateRange& range, const std::string& reason) const;
  void refuse_dry_run() const;
  RequestInfo keep_decision(const StoredRequest& decision, const std::string& text);
  RequestInfo start(const StoredRequest& request);
  Days days_of_request(const StoredRequest& request) const;
  Days days_of_decision(const StoredRequest& decision) const;
  void note_decision(const StoredRequest& decision);
  RequestInfo open(const StoredRequest& request, const Days& days);
  void end_outdated_decision(const DayReport& report);
  void tell(const std::vector<RequestInfo>& moved);

  Parts parts_;
  RequestStore store_;
  RequestBook running_;
};

}  // namespace consolidador
