// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/service/disk.hpp"
#include "daemon/service/overview.hpp"
#include "daemon/service/request_book.hpp"
#include "daemon/service/request_decisions.hpp"
#include "daemon/service/request_files.hpp"
#include "daemon/service/turns.hpp"

namespace consolidador {

/// What operators ask for, and what they decide about held days: accepted within limits, kept on
/// the disk until it is done, handed to the lanes, and told about. Requests that want the same day
/// of a target have it done once where one look answers them all, see answers(); what is cancelled
/// takes nothing from the others. Loop thread only.
class Requests {
 public:
  /// All of them must outlive this object.
  struct Parts {
    Disk& disk;
    const Branch& branch;
    const DayBook& book;
    Holdings& holdings;
    Places& places;
    Overview& overview;
    Audience& audience;
  };
  /// Throws Error (internal) when the folder for the requests cannot be made.
  explicit Requests(const Parts& parts);

  /// Goes on with what a former process has accepted and not finished, where it was; once, and not
  /// in a dry run, which would do it with nothing written.
  void resume();

  /// Days that were after today by this machine's clock when they were asked for, are handed out
  /// when they have come.
  void ask_for_days_that_came();

  /// Throws ConfigError where those under way cannot go on by that configuration.
  void check_reload(const Config& next) const;

  // As in Control. What is accepted one after the other waits for the disk one after the other.
  std::vector<RequestInfo> running() const { return running_.running(); }
  Task<RequestInfo> accept(RequestKind kind, DateRange asked, std::string actor);
  Task<RequestInfo> approve(DateRange range, std::string reason, std::string actor);
  Task<RequestInfo> restore(Date date, std::string from, std::string reason, std::string actor);
  Task<bool> cancel(std::uint64_t id);
  void take_over(const std::string& actor);

  void day_done(const DayReport& report);
  void forget_target(const std::string& target);  ///< it is no longer configured

 private:
  using Days = std::set<DayInTargetKey>;

  void check(const DateRange& range) const;
  void check_decision(const DateRange& range, const std::string& reason) const;
  void refuse_dry_run() const;
  Task<RequestInfo> keep_decision(StoredRequest decision, std::string text);
  bool end(std::uint64_t id);
  RequestInfo start(const StoredRequest& request, const RequestProgress::Kept& kept = {});
  void note_left_out(const StoredRequest& backfill);
  RequestInfo open(const StoredRequest& request, const Days& days,
                   const std::vector<EndedDay>& ended);
  void ask_for(const DayInTargetKey& day);
  void end_carried_out(const std::vector<RequestInfo>& moved, Date date);
  void end_outdated_decision(const DayReport& report);
  void tell(const std::vector<RequestInfo>& moved);

  Parts parts_;
  RequestFiles files_;
  RequestDecisions decisions_;
  RequestBook running_;
  std::map<std::uint64_t, StoredRequest> asked_;  // those that run
  Days to_come_;                                  // after today
  bool resumed_ = false;
  Turns turns_;  // one at a time is checked, written and started: nothing is decided twice
};

}  // namespace consolidador
