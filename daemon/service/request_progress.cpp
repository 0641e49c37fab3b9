// SPDX-License-Identifier: MIT
#include "daemon/service/request_progress.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "lib/core/file.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<DayEnd, const char*>, 3> words{
    {{DayEnd::done, "done"}, {DayEnd::failed, "failed"}, {DayEnd::held, "held"}}};
constexpr const char* left_out_word = "not";

const char* word_of(DayEnd end) {
  return std::ranges::find(words, end, &decltype(words)::value_type::first)->second;
}

std::optional<DayEnd> parse_end(const std::string& text) {
  for (const auto& [end, word] : words)
    if (text == word) return end;
  return std::nullopt;
}

/// `done TARGET DAY`, `failed TARGET DAY REASON`, `held TARGET DAY REASON`, `not TARGET FROM TO`.
void parse_line(const std::string& text, RequestProgress::Kept& kept,
                std::set<DayInTargetKey>& seen) {
  std::istringstream line(text);
  std::string word, target, day, rest;
  line >> word >> target >> day >> std::ws;
  std::getline(line, rest);
  if (word == left_out_word) {
    for (const Date date : days_of({parse_date(day), parse_date(rest)}))
      kept.left_out.emplace(target, date);
    return;
  }
  const auto end = parse_end(word);
  const DayInTargetKey key{target, parse_date(day)};
  if (end && seen.insert(key).second) kept.ended.push_back({key, *end, rest});
}

}  // namespace

fs::path RequestProgress::file(std::uint64_t id) const {
  return folder_ / (std::to_string(id) + suffix);
}

RequestProgress::Kept RequestProgress::load(std::uint64_t id) const {
  Kept kept;
  std::set<DayInTargetKey> seen;
  std::ifstream lines(file(id));
  std::string line;
  while (std::getline(lines, line)) {
    try {
      parse_line(line, kept, seen);
    } catch (const std::exception&) {  // half a line
    }
  }
  return kept;
}

void RequestProgress::add(std::uint64_t id, const EndedDay& day) noexcept {
  append(id, fmt::format("{} {} {} {}", word_of(day.end), day.day.first, to_string(day.day.second),
                         one_line(day.error)));
}

void RequestProgress::leave_out(std::uint64_t id, const std::string& target,
                                const DateRange& days) noexcept {
  append(id, fmt::format("{} {} {} {}", left_out_word, target, to_string(days.first),
                         to_string(days.last)));
}

/// The line break comes first: it ends what a power cut has left half written.
void RequestProgress::append(std::uint64_t id, const std::string& line) noexcept try {
  constexpr mode_t for_owner = 0600;
  File(file(id), O_WRONLY | O_APPEND | O_CREAT, for_owner).write('\n' + line);
  failing_ = false;
} catch (const std::exception& error) {
  if (!std::exchange(failing_, true))
    log::warning("{}; after a restart days of request {} are done once more", error.what(), id);
}

void RequestProgress::remove(std::uint64_t id) noexcept {
  std::error_code error;
  fs::remove(file(id), error);
  if (error) log::warning("{}: {}", file(id).string(), error.message());
}

void RequestProgress::keep_only(const std::set<std::uint64_t>& ids) noexcept try {
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const fs::path& path = entry.path();
    if (path.extension() != suffix) continue;
    const auto named = [&path](std::uint64_t id) { return path.stem() == std::to_string(id); };
    if (std::ranges::none_of(ids, named)) fs::remove(path);
  }
} catch (const std::exception& error) {
  log::warning("{}", error.what());
}

}  // namespace consolidador
