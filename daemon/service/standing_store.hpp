// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "daemon/service/disk.hpp"
#include "lib/core/date.hpp"

namespace consolidador {

/// What the service must still know after a restart or a power cut: when a day last got through in
/// each place, or since when none ever has; since when days fail there; and whether a person has
/// paused it. Two small files in the state folder. Loop thread only.
class StandingStore {
 public:
  using Instant = std::chrono::system_clock::time_point;
  using Since = std::map<Date, Instant>;

  /// Of one place.
  struct Ages {
    std::optional<Instant> last_success;  ///< nothing: no day ever got through
    Since failing{};                      ///< the first failure of the days that fail
  };
  using PlaceAges = std::map<std::string, Ages>;  ///< by place

  /// What is in the folder is read now; what cannot be read is taken for nothing. Throws
  /// ConfigError where it is another branch's.
  StandingStore(Disk& disk, std::filesystem::path folder, std::int32_t branch_id);

  // What a former process has left, or was kept since; whole seconds, and not later than now, where
  // the clock was set back.

  /// Nothing: never.
  std::optional<Instant> last_success(const std::string& place, Instant now) const;
  /// Since when the place is known, where no day ever got through; now: it is new.
  Instant first_seen(const std::string& place, Instant now) const;
  Since failing(const std::string& place, Instant now) const;

  /// Begins to write: the first success of a place at once, all else at most once a minute unless
  /// `at_once`. What cannot be written is logged: the ages are then those of the last time.
  void keep(const PlaceAges& ages, Instant now, bool at_once = false);

  /// Why a person had paused the service before this start; nothing: it was not paused.
  const std::optional<std::string>& pause() const noexcept { return pause_; }
  /// Begin to write: see Disk::after_all(). What cannot be written is logged: it holds until the
  /// restart.
  void keep_pause(const std::string& reason);
  void end_pause();

 private:
  using Instants = std::map<std::string, Instant>;  // PLACE, PLACE/first or PLACE/DATE

  std::filesystem::path ages_file() const { return folder_ / "last_successes"; }
  std::filesystem::path pause_file() const { return folder_ / "paused"; }
  static Instants read_instants(const std::filesystem::path& file);
  void note(const std::string& place, const Ages& ages, Instant now);
  bool is_due(Instant now) const;

  Disk& disk_;
  std::filesystem::path folder_;
  Instants instants_;
  Instants written_;
  std::optional<Instant> tried_;  // to write them
  std::optional<std::string> pause_;
};

}  // namespace consolidador
