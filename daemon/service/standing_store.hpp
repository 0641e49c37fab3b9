// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "daemon/service/disk.hpp"

namespace consolidador {

/// What the service must still know after a restart or a power cut: when a day last got through in
/// each place, and an old one verified, and whether a person has paused it. Two small files in the
/// state folder. Loop thread only.
class StandingStore {
 public:
  using Instant = std::chrono::system_clock::time_point;
  using Successes = std::map<std::string, Instant>;  ///< by place, and by verification() of one

  /// The verification of a place's old days is kept as a success of its own.
  static std::string verification(const std::string& place) { return place + ".verification"; }

  /// `folder` is there; what is in it is read now. What cannot be read is taken for nothing.
  StandingStore(Disk& disk, std::filesystem::path folder);

  /// What a former process has left, or was kept since; whole seconds, and not later than now,
  /// where the clock was set back. Nothing: never.
  std::optional<Instant> last_success(const std::string& place, Instant now) const;
  /// Begins to write, at most every five minutes unless `at_once`. What cannot be written is
  /// logged: the ages are then those of the last time.
  void keep_successes(const Successes& successes, Instant now, bool at_once = false);

  /// Why a person had paused the service before this start; nothing: it was not paused.
  const std::optional<std::string>& pause() const noexcept { return pause_; }
  /// Begin to write: see Disk::after_all(). What cannot be written is logged: it holds until the
  /// restart.
  void keep_pause(const std::string& reason);
  void end_pause();

 private:
  std::filesystem::path successes_file() const { return folder_ / "last_successes"; }
  std::filesystem::path pause_file() const { return folder_ / "paused"; }

  Disk& disk_;
  std::filesystem::path folder_;
  Successes successes_;
  std::optional<std::string> pause_;
  std::optional<Instant> written_;
};

}  // namespace consolidador
