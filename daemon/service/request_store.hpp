// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "daemon/service/control.hpp"

namespace consolidador {

struct StoredRequest {
  std::uint64_t id = 0;
  RequestKind kind = RequestKind::backfill;
  DateRange range;
  std::string actor{};  ///< the login of who has asked; one line, as all texts here
  // Of a decision, approve or restore:
  std::string reason{};
  std::string from{};                     ///< restore: `local` or `vps`
  std::map<Date, ApprovedLoss> losses{};  ///< what each day may become, and what was shown
};

/// Requests on the disk, one small file each, so that what was accepted survives kill -9 and power
/// cuts. A file appears whole or not at all. How far they are is kept by RequestProgress. A value:
/// copies write into the same folder. All of it waits for the disk.
class RequestStore {
 public:
  /// `folder` is made when it is missing. Throws Error (internal) that names it, as save() does.
  explicit RequestStore(std::filesystem::path folder);

  /// On the disk when it returns.
  void save(const StoredRequest& request) const;

  /// Takes one day out of a decision. What cannot be written is logged: the day's file then says
  /// what it said.
  void forget_day(std::uint64_t id, Date date) const noexcept;

  /// Finished or cancelled. A file that cannot be removed is logged: the request is done once more.
  void remove(std::uint64_t id) const noexcept;

  /// What a former process has accepted and not finished, oldest first; damaged files are removed.
  std::vector<StoredRequest> load() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace consolidador
