// SPDX-License-Identifier: MIT
#include "daemon/service/standing_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <ranges>
#include <system_error>

#include "lib/core/file.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

using namespace std::chrono;
namespace fs = std::filesystem;

constexpr auto written_every = 1min;
constexpr mode_t readable = 0644;
constexpr std::size_t most_failing = 100;  // of a place

std::string key_of_first(const std::string& place) {
  return place + "/first";
}

std::string key_of_day(const std::string& place, Date date) {
  return fmt::format("{}/{}", place, to_string(date));
}

/// The day of a key; nothing: it is of no day of this place.
std::optional<Date> day_of(const std::string& key, const std::string& place) try {
  if (!key.starts_with(place + '/')) return std::nullopt;
  return parse_date(key.substr(place.size() + 1));
} catch (const std::exception&) {
  return std::nullopt;
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
      instants_(read_instants(ages_file())),
      pause_(read_pause(pause_file())) {}

/// Lines of `KEY SECONDS`, seconds of the Unix clock.
StandingStore::Instants StandingStore::read_instants(const fs::path& file) {
  Instants instants;
  std::ifstream lines(file);
  std::string key;
  std::int64_t when = 0;
  while (lines >> key >> when) instants[key] = Instant(seconds(when));
  return instants;
}

std::optional<StandingStore::Instant> StandingStore::last_success(const std::string& place,
                                                                  Instant now) const {
  const auto found = instants_.find(place);
  if (found == instants_.end()) return std::nullopt;
  return std::min(found->second, now);
}

StandingStore::Instant StandingStore::first_seen(const std::string& place, Instant now) const {
  const auto found = instants_.find(key_of_first(place));
  return found == instants_.end() ? now : std::min(found->second, now);
}

StandingStore::Since StandingStore::failing(const std::string& place, Instant now) const {
  Since since;
  for (const auto& [key, when] : instants_)
    if (const auto date = day_of(key, place)) since[*date] = std::min(when, now);
  return since;
}

void StandingStore::note(const std::string& place, const Ages& ages, Instant now) {
  std::erase_if(instants_, [&](const auto& entry) { return day_of(entry.first, place); });
  for (const auto& [date, since] : ages.failing | std::views::take(most_failing))
    instants_[key_of_day(place, date)] = since;
  if (ages.last_success) {
    instants_[place] = *ages.last_success;
    instants_.erase(key_of_first(place));
  } else if (!instants_.contains(place)) {
    instants_.try_emplace(key_of_first(place), now);
  }
}

/// A success that is the first for long is not left to the next time: a process may be killed.
bool StandingStore::is_due(Instant now) const {
  if (!tried_ || now < *tried_ || now - *tried_ >= written_every) return true;
  return std::ranges::any_of(instants_, [this](const auto& entry) {
    const auto& [key, when] = entry;
    const auto before = written_.find(key);
    const bool of_day = key.find('/') != std::string::npos && !key.ends_with("/first");
    return !of_day && (before == written_.end() || when - before->second >= written_every);
  });
}

void StandingStore::keep(const PlaceAges& ages, Instant now, bool at_once) {
  for (const auto& [place, age] : ages) note(place, age, now);
  if (!at_once && !is_due(now)) return;
  tried_ = now;
  written_ = instants_;
  std::string text;
  for (const auto& [key, when] : instants_)
    text += fmt::format("{} {}\n", key, duration_cast<seconds>(when.time_since_epoch()).count());
  disk_.begin([file = ages_file(), text] { replace_file(file, text, readable); },
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
