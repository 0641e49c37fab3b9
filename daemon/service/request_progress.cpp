// SPDX-License-Identifier: MIT
#include "daemon/service/request_progress.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <utility>

#include "lib/core/folder.hpp"
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

std::string name_of(std::uint64_t id) {
  return std::to_string(id) + RequestProgress::suffix;
}

}  // namespace

RequestProgress::Kept RequestProgress::load(std::uint64_t id) const {
  Kept kept;
  std::set<DayInTargetKey> seen;
  std::istringstream lines(or_nothing([&] { return own_folder(folder_).read(name_of(id)); }));
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
  const Folder folder = own_folder(folder_);
  folder.open_or_make(name_of(id), O_WRONLY | O_APPEND, for_owner).write('\n' + line);
  failing_ = false;
} catch (const std::exception& error) {
  if (!std::exchange(failing_, true))
    log::warning("{}; after a restart days of request {} are done once more", error.what(), id);
}

void RequestProgress::remove(std::uint64_t id) noexcept try {
  own_folder(folder_).remove(name_of(id));
} catch (const std::exception& error) {
  log::warning("{}", error.what());
}

void RequestProgress::keep_only(const std::set<std::uint64_t>& ids) noexcept try {
  const Folder folder = own_folder(folder_);
  for (const std::string& name : folder.names()) {
    const auto named = [&name](std::uint64_t id) { return name == name_of(id); };
    if (name.ends_with(suffix) && std::ranges::none_of(ids, named)) folder.remove(name);
  }
} catch (const std::exception& error) {
  log::warning("{}", error.what());
}

}  // namespace consolidador
