// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/lanes/day.hpp"
#include "daemon/service/control.hpp"

namespace consolidador {

using DayInTargetKey = std::pair<std::string, Date>;

enum class DayEnd {
  done,
  failed,
  held,  ///< failed, too: it is not what was asked for
};

/// What became of a day that was asked for, in one target.
struct EndedDay {
  DayInTargetKey day;
  DayEnd end = DayEnd::done;
  std::string error{};  ///< why it failed or is held
};

/// Of a finished day: what a request has to count.
EndedDay ended_day(const DayReport& report);

/// Whether a finished day answers a request that wants `wanted` done with it: the target was looked
/// at, and in a way that holds all that was wanted. An audit holds a sync, except where it held
/// the day back: it takes nothing away by itself; a reprocess holds both; a restore, which
/// takes another target's rows, is good for itself alone. Where more than was wanted has failed,
/// less may not.
bool answers(const DayReport& report, TaskKind wanted);

/// What has to be done with a day of such a request.
TaskKind task_kind(RequestKind kind) noexcept;

/// The running requests and how far they are. Loop thread only.
class RequestBook {
 public:
  /// `counted` is told of each day when it is counted.
  using Counted = std::function<void(const RequestInfo& request, const EndedDay& day)>;
  explicit RequestBook(Counted counted = [](const RequestInfo&, const EndedDay&) {})
      : counted_(std::move(counted)) {}

  std::size_t size() const noexcept { return requests_.size(); }
  /// Days times targets that are still to be done, over all requests.
  std::size_t open_days() const;
  /// Of a request that is about to be added; never given again.
  std::uint64_t take_id() noexcept { return next_id_++; }

  /// `open`: the days still to be done, per target.
  RequestInfo add(std::uint64_t id, RequestKind kind, const DateRange& range,
                  std::set<DayInTargetKey> open);

  /// What a former process has counted of a request that was added just now.
  RequestInfo recall(std::uint64_t id, const std::vector<EndedDay>& ended);

  /// Counts a finished day for every request that asked for it before it was begun, and that it
  /// answers(); returns those that have moved. A request with nothing left is done, or failed when
  /// a day failed.
  std::vector<RequestInfo> day_done(const DayReport& report);

  /// The requests that still want the day, oldest first.
  std::vector<std::uint64_t> wanting(const DayInTargetKey& day) const;
  bool wants(std::uint64_t id, Date date) const;  ///< in any target

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
  static void add_to(RequestInfo& info, const EndedDay& ended);
  void count(Entry& entry, const EndedDay& ended);
  template <typename Predicate>
  std::size_t fail_where(Entry& entry, Predicate predicate, const std::string& error);
  std::vector<RequestInfo> collect(const std::vector<std::uint64_t>& moved);

  Counted counted_;
  std::map<std::uint64_t, Entry> requests_;
  std::uint64_t next_id_ = 1;
};

}  // namespace consolidador
