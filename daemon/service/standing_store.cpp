// SPDX-License-Identifier: MIT
#include "daemon/service/standing_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <sstream>
#include <system_error>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/core/folder.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

using namespace std::chrono;
namespace fs = std::filesystem;

constexpr auto written_every = 1min;
constexpr auto between_failures = 5s;
constexpr mode_t readable = 0644;
constexpr std::size_t most_of_pause = 64'000;  // bytes
constexpr std::size_t most_failing = 100;      // of a place

std::string key_of_first(const std::string& place) {
  return place + "/first";
}

std::string key_of_verification(const std::string& place) {
  return place + "/verified";
}

std::string key_of_lateness(const std::string& place) {
  return place + "/late";
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

constexpr const char* ages_file = "last_successes";
constexpr const char* pause_file = "paused";
constexpr const char* owner_file = "branch";

std::string content_of(const fs::path& folder, const char* name) {
  return or_nothing([&] { return Folder(folder).read(name); });
}

/// The branch whose folder it is; nothing: it has none yet.
std::optional<std::int32_t> owner_of(const fs::path& folder) {
  std::istringstream file(content_of(folder, owner_file));
  std::int32_t owner = 0;
  return file >> owner ? std::optional(owner) : std::nullopt;
}

std::int64_t seconds_of(StandingStore::Instant instant) {
  return duration_cast<seconds>(instant.time_since_epoch()).count();
}

/// A reason, and when it was given.
std::string text_of(const KeptPause& pause) {
  return fmt::format("{}\n{}\n", one_line(pause.reason), seconds_of(pause.since));
}

/// All that belongs into the folder, as the writer makes it.
struct Content {
  fs::path folder;
  std::int32_t branch_id;
  std::optional<KeptPause> pause;
  std::string ages;

  void write(bool pause_anew) const {
    fs::create_directories(folder);
    check_owner(folder, branch_id);
    const Folder opened(folder);
    if (!opened.has(owner_file))
      opened.replace(owner_file, fmt::format("{}\n", branch_id), readable);
    if (pause && (pause_anew || !opened.has(pause_file)))
      opened.replace(pause_file, text_of(*pause), readable);
    opened.replace(ages_file, ages, readable);
    opened.sync();
  }
};

Error failure(const std::string& text) {
  return {ErrorClass::transient, ErrorCause::internal, text};
}

}  // namespace

std::optional<KeptPause> read_pause(const fs::path& folder) try {
  const File file = Folder(folder).open(pause_file, O_RDONLY);
  const auto written = file.status().st_mtime;
  std::istringstream text(file.read(most_of_pause));
  KeptPause pause;
  std::getline(text, pause.reason);
  std::int64_t since = written;
  text >> since;
  if (!text) since = written;  // an earlier version wrote the reason alone
  pause.since = StandingStore::Instant(seconds(since));
  return pause;
} catch (const std::exception& error) {
  // Whatever lies there, somebody has paused the branch: what it may not do then it must not do.
  std::error_code unknown;
  if (!fs::exists(fs::symlink_status(folder / pause_file, unknown))) return std::nullopt;
  return KeptPause{fmt::format("the file of its pause cannot be read: {}", error.what()),
                   system_clock::now()};
}

std::optional<KeptPause> find_pause(const fs::path& folder, std::int32_t branch_id) {
  if (owner_of(folder).value_or(branch_id) == branch_id)
    if (auto pause = read_pause(folder)) return pause;
  std::error_code ignored;  // a folder that is not there has no pause
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (owner_of(entry.path()) == branch_id)
      if (auto pause = read_pause(entry.path())) return pause;
  return std::nullopt;
}

void check_owner(const fs::path& folder, std::int32_t branch_id) {
  const auto owner = owner_of(folder);
  if (!owner || *owner == branch_id) return;
  throw ConfigError(
      fmt::format("paths.state: {} belongs to branch {}, and branch.id is {}: give each branch a "
                  "folder of its own; where the branch has got another number, remove {}",
                  folder.string(), *owner, branch_id, (folder / owner_file).string()));
}

StandingStore::StandingStore(Disk& disk, fs::path folder, std::int32_t branch_id)
    : disk_(disk),
      folder_(std::move(folder)),
      branch_id_(branch_id),
      instants_(read_instants(folder_)),
      pause_(read_pause(folder_)) {
  check_owner(folder_, branch_id_);
}

/// Lines of `KEY SECONDS`, seconds of the Unix clock.
StandingStore::Instants StandingStore::read_instants(const fs::path& folder) {
  Instants instants;
  std::istringstream lines(content_of(folder, ages_file));
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

std::optional<StandingStore::Instant> StandingStore::last_verification(const std::string& place,
                                                                       Instant now) const {
  return last_success(key_of_verification(place), now);
}

std::optional<StandingStore::Instant> StandingStore::late_since(const std::string& place,
                                                                Instant now) const {
  return last_success(key_of_lateness(place), now);
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
  if (ages.verified) instants_[key_of_verification(place)] = *ages.verified;
  instants_.erase(key_of_lateness(place));
  if (ages.late_since) instants_[key_of_lateness(place)] = *ages.late_since;
  if (ages.last_success) {
    instants_[place] = *ages.last_success;
    instants_.erase(key_of_first(place));
  } else if (!instants_.contains(place)) {
    Instant& first = instants_.try_emplace(key_of_first(place), now).first->second;
    first = std::min(first, now);  // the clock was set back since
  }
}

/// A success that is the first for long, and a day's first failure, are not left to the next time:
/// a process may be killed.
bool StandingStore::is_due(Instant now) const {
  if (!tried_ || now < *tried_ || now - *tried_ >= written_every) return true;
  return std::ranges::any_of(instants_, [this, now](const auto& entry) {
    const auto& [key, when] = entry;
    const auto before = written_.find(key);
    const bool of_day = key.find('/') != std::string::npos && !key.ends_with("/first");
    if (of_day) return before == written_.end() && now - *tried_ >= between_failures;
    return before == written_.end() || when - before->second >= written_every;
  });
}

void StandingStore::keep(const PlaceAges& ages, Instant now, bool at_once) {
  for (const auto& [place, age] : ages) note(place, age, now);
  if (!at_once && !is_due(now)) return;
  tried_ = now;
  written_ = instants_;
  write(false, [](const std::exception_ptr&) {});
}

std::string StandingStore::ages_text() const {
  std::string text;
  for (const auto& [key, when] : instants_) text += fmt::format("{} {}\n", key, seconds_of(when));
  return text;
}

void StandingStore::write(bool pause_anew, Disk::Done done) {
  const Content content{folder_, branch_id_, pause_, ages_text()};
  disk_.begin([content, pause_anew] { content.write(pause_anew); },
              [this, done = std::move(done)](const std::exception_ptr& error) {
                written(error);
                done(error);
              });
}

void StandingStore::written(const std::exception_ptr& error) {
  const auto before = std::exchange(error_, error ? consolidador::text_of(error) : "");
  if (error_ == before) return;
  if (error_.empty())
    log::info("the state folder can be written again");
  else
    log::error("{}", problem());
}

std::string StandingStore::problem() const {
  if (error_.empty()) return {};
  return fmt::format("{}: ages{} do not survive a restart; make room in {}, and let it be written",
                     error_, pause_ ? " and the pause" : "", folder_.string());
}

void StandingStore::keep_pause(const std::string& reason, Instant now, Disk::Done done) {
  pause_ = KeptPause{reason, now};
  write(true, [done = std::move(done), folder = folder_](const std::exception_ptr& error) {
    if (!error) return done(nullptr);
    done(std::make_exception_ptr(failure(fmt::format(
        "{}: the service is paused, but only until its process ends; make room in {}, or let it "
        "be written, and pause again",
        consolidador::text_of(error), folder.string()))));
  });
}

void StandingStore::end_pause(Disk::Done done) {
  pause_.reset();
  const auto remove = [folder = folder_] {
    if (!fs::exists(folder)) return;
    const Folder opened(folder);
    if (opened.remove(pause_file)) opened.sync();
  };
  disk_.begin(remove, [done = std::move(done)](const std::exception_ptr& error) {
    if (!error) return done(nullptr);
    const auto text =
        fmt::format("{}: the service has resumed; remove it, or the next start is paused",
                    consolidador::text_of(error));
    log::error("{}", text);
    done(std::make_exception_ptr(failure(text)));
  });
}

}  // namespace consolidador
