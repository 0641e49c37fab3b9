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

std::optional<std::string> read_pause(const fs::path& path) {
  std::ifstream file(path);
  std::string reason;
  if (!file) return std::nullopt;
  std::getline(file, reason);
  return reason;
}

}  // namespace

StandingStore::StandingStore(Disk& disk, fs::path folder)
    : disk_(disk),
      folder_(std::move(folder)),
      successes_(read_successes(successes_file())),
      pause_(read_pause(pause_file())) {}

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
  disk_.begin(
      [file = successes_file(), text = text_of(successes_)] { replace_file(file, text, readable); },
      [](const std::exception_ptr& error) {
        if (error)
          log::warning(
              "{}; after a restart the ages of the last successes are older than they were",
              text_of(error));
      });
}

void StandingStore::keep_pause(const std::string& reason) {
  const auto write = [file = pause_file(), folder = folder_, text = one_line(reason) + "\n"] {
    replace_file(file, text, readable);
    sync_folder(folder);
  };
  disk_.begin(write, [](const std::exception_ptr& error) {
    if (error) log::error("{}; the pause does not survive a restart", text_of(error));
  });
}

void StandingStore::end_pause() {
  disk_.begin([file = pause_file()] { fs::remove(file); },
              [](const std::exception_ptr& error) {
                if (error) log::error("{}; remove it, or the next start is paused", text_of(error));
              });
}

}  // namespace consolidador
