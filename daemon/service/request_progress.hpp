// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "daemon/service/request_book.hpp"

namespace consolidador {

/// How far the requests on the disk are, a file beside each: a line for each day that was counted,
/// so that a restart goes on where it was. Not synchronised: what a killed process or a power cut
/// loses of the last seconds is done once more. Waits for the disk.
class RequestProgress {
 public:
  static constexpr const char* suffix = ".days";

  /// `folder` is that of the requests.
  explicit RequestProgress(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Kept {
    std::vector<EndedDay> ended;        ///< each day once, in the order of the file
    std::set<DayInTargetKey> left_out;  ///< in the range, and never asked for
  };
  /// What is damaged is passed over: those days are done once more.
  Kept load(std::uint64_t id) const;

  /// These add to the file. What cannot be written is logged once: those days are done once more.
  void add(std::uint64_t id, const EndedDay& day) noexcept;
  void leave_out(std::uint64_t id, const std::string& target, const DateRange& days) noexcept;

  /// The request has ended, or is yet to be stored under this number.
  void remove(std::uint64_t id) noexcept;
  /// Files whose requests are not there any more go: their numbers are given again.
  void keep_only(const std::set<std::uint64_t>& ids) noexcept;

 private:
  void append(std::uint64_t id, const std::string& line) noexcept;

  std::filesystem::path folder_;
  bool failing_ = false;
};

}  // namespace consolidador
