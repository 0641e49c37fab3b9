// SPDX-License-Identifier: MIT
#include "daemon/service/standing_store.hpp"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

#include "lib/core/file.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

using namespace std::chrono;
namespace fs = std::filesystem;

constexpr auto written_every = 5min;
constexpr mode_t readable = 0644;

/// Lines of `PLACE SECONDS`, seconds of the Unix clock.
StandingStore::Successes read_successes(const fs::path& file) {
  StandingStore::Successes successes;
  std::ifstream lines(file);
  std::string place;
  std::int64_t when = 0;
  while (lines >> place >> when) successes[place] = StandingStore::Instant(seconds(when));
  return successes;
}

std::string text_of(const StandingStore::Successes& successes) {
  std::string text;
  for (const auto& [place, when] : successes)
    text += fmt::format("{} {}\n", place, duration_cast<seconds>(when.time_since_epoch()).count());
  return text;
}

}  // namespace

StandingStore::StandingStore(fs::path folder)
    : folder_(std::move(folder)), successes_(read_successes(successes_file())) {}

std::optional<StandingStore::Instant> StandingStore::last_success(const std::string& place,
                                                                  Instant now) const {
  const auto found = successes_.find(place);
  if (found == successes_.end()) return std::nullopt;
  return std::min(found->second, now);
}

void StandingStore::keep_successes(const Successes& successes, Instant now, bool at_once) {
  if (!at_once && written_ && now >= *written_ && now - *written_ < written_every) return;
  written_ = now;
  for (const auto& [place, when] : successes) successes_[place] = when;
  try {
    replace_file(successes_file(), text_of(successes_), readable);
  } catch (const std::system_error& error) {
    log::warning("{}; after a restart the ages of the last successes are older than they were",
                 error.what());
  }
}

std::optional<std::string> StandingStore::pause() const {
  std::ifstream file(pause_file());
  std::string reason;
  if (!file) return std::nullopt;
  std::getline(file, reason);
  return reason;
}

void StandingStore::keep_pause(const std::string& reason) {
  try {
    replace_file(pause_file(), one_line(reason) + "\n", readable);
    sync_folder(folder_);
  } catch (const std::system_error& error) {
    log::error("{}; the pause does not survive a restart", error.what());
  }
}

void StandingStore::end_pause() {
  std::error_code error;
  fs::remove(pause_file(), error);
  if (error)
    log::error("{}: {}; remove it, or the next start is paused", pause_file().string(),
               error.message());
}

}  // namespace consolidador
