// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/service/disk.hpp"
#include "daemon/service/request_progress.hpp"
#include "daemon/service/request_store.hpp"

namespace consolidador {

/// The requests on the disk, with how far they are: two files for each, which come and go together.
/// What is written goes behind the loop's back, in the order of the calls. Loop thread only.
class RequestFiles {
 public:
  /// `disk` must outlive this object. `folder` is made when it is missing; throws Error (internal)
  /// when it cannot be.
  RequestFiles(Disk& disk, const std::filesystem::path& folder);

  struct Kept {
    StoredRequest request;
    RequestProgress::Kept progress;
  };
  /// What a former process has accepted and not finished, oldest first. Waits for the disk.
  std::vector<Kept> load();

  /// On the disk when they return, or throw what the disk says.
  Task<> save(StoredRequest request);
  Task<> remove(std::uint64_t id);

  void begin_to_remove(std::uint64_t id);
  void forget_day(std::uint64_t id, Date date);  ///< of a decision
  void count(std::uint64_t id, const EndedDay& day);

  using Runs = std::vector<std::pair<std::string, DateRange>>;  ///< of days, in a target each
  void leave_out(std::uint64_t id, Runs runs);

 private:
  using Work = std::function<void(const RequestStore&, RequestProgress&)>;
  void begin(Work work);
  Task<> run(Work work);

  Disk& disk_;
  RequestStore store_;
  std::shared_ptr<RequestProgress> progress_;  // the writer's
};

}  // namespace consolidador
