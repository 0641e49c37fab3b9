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

/// A pause, as it is kept in the state folder.
struct KeptPause {
  std::string reason;
  std::chrono::system_clock::time_point since;
};

/// Of the branch whose state folder it is; nothing: it is not paused. A file that cannot be read is
/// a pause, too.
std::optional<KeptPause> read_pause(const std::filesystem::path& folder);

/// Of this branch, in the folder or in those of the instances below it, which only systemd names.
std::optional<KeptPause> find_pause(const std::filesystem::path& folder, std::int32_t branch_id);

/// Throws ConfigError where the folder is another branch's.
void check_owner(const std::filesystem::path& folder, std::int32_t branch_id);

/// What the service must still know after a restart or a power cut: when a day last got through in
/// each place, or since when none ever has, and an old one was last verified; since when days fail
/// there; whether a person has paused it; and whose state folder it is. Small files there; a folder
/// that is gone is made anew. Loop thread only.
class StandingStore {
 public:
  using Instant = std::chrono::system_clock::time_point;
  using Since = std::map<Date, Instant>;

  /// Of one place.
  struct Ages {
    std::optional<Instant> last_success;  ///< nothing: no day ever got through
    Since failing{};                      ///< the first failure of the days that fail
    std::optional<Instant> verified{};    ///< when an old day last was; nothing: there is none
    std::optional<Instant> late_since{};  ///< since when days are late; nothing: none is
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
  /// Nothing: no old day was verified, or there was none.
  std::optional<Instant> last_verification(const std::string& place, Instant now) const;
  /// Since when days are late; nothing: none was.
  std::optional<Instant> late_since(const std::string& place, Instant now) const;

  /// Begins to write: the first success of a place at once, all else at most once a minute unless
  /// `at_once`; with it what is missing in the folder.
  void keep(const PlaceAges& ages, Instant now, bool at_once = false);

  /// Why a person had paused the service before this start; nothing: it was not paused.
  const std::optional<KeptPause>& pause() const noexcept { return pause_; }
  /// `done` is told when it is on the disk, or why it is not (Error, with the remedy).
  void keep_pause(const std::string& reason, Instant now, Disk::Done done);
  void end_pause(Disk::Done done);

  /// Why the folder cannot be written, and the remedy; empty: it can.
  std::string problem() const;

 private:
  using Instants = std::map<std::string, Instant>;  // PLACE, PLACE/first, /verified, /late, /DATE

  static Instants read_instants(const std::filesystem::path& folder);
  std::string ages_text() const;
  void write(bool pause_anew, Disk::Done done);
  void written(const std::exception_ptr& error);
  void note(const std::string& place, const Ages& ages, Instant now);
  bool is_due(Instant now) const;

  Disk& disk_;
  std::filesystem::path folder_;
  std::int32_t branch_id_;
  Instants instants_;
  Instants written_;
  std::optional<Instant> tried_;  // to write them
  std::optional<KeptPause> pause_;
  std::string error_;  // of the last attempt to write
};

}  // namespace consolidador
