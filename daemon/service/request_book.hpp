// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/lanes/day.hpp"
#include "daemon/service/control.hpp"

namespace consolidador {

/// The running requests and how far they are. Loop thread only.
class RequestBook {
 public:
  using DayInTargetKey = std::pair<std::string, Date>;

  std::size_t size() const noexcept { return requests_.size(); }
  /// Days times targets that are still to be done, over all requests.
  std::size_t open_days() const;
  /// Of a request that is about to be added; never given again.
  std::uint64_t take_id() noexcept { return next_id_++; }

  /// `open`: the days still to be done, per target.
  RequestInfo add(std::uint64_t id, RequestKind kind, const DateRange& range,
                  std::set<DayInTargetKey> open);

  /// Counts a finished day for every request that asked for it before it was begun; returns those
  /// that have moved. A request with nothing left is done, or failed when a day failed.
  std::vector<RequestInfo> day_done(const DayReport& report);

  /// A target that is no longer configured: its days have not been done, and count as failed.
  std::vector<RequestInfo> forget_target(const std::string& target);

  /// What is still open of this day counts as failed.
  std::vector<RequestInfo> fail_day(std::uint64_t id, Date date, const std::string& error);

  /// Takes the request out; nothing when it is not running.
  std::optional<std::pair<RequestInfo, std::set<DayInTargetKey>>> cancel(std::uint64_t id);

  bool contains(std::uint64_t id) const { return requests_.contains(id); }
  std::vector<RequestInfo> running() const;

 private:
  struct Entry {
    RequestInfo info;
    std::set<DayInTargetKey> open;
    SteadyClock::time_point asked = SteadyClock::now();
  };
  static std::string failure_of(const DayReport& report);
  std::vector<RequestInfo> collect(const std::vector<std::uint64_t>& moved);

  std::map<std::uint64_t, Entry> requests_;
  std::uint64_t next_id_ = 1;
};

}  // namespace consolidador
