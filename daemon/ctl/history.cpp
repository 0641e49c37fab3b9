// SPDX-License-Identifier: MIT
#include "daemon/ctl/history.hpp"

#include <fmt/format.h>

#include "daemon/ctl/changes_view.hpp"
#include "daemon/ctl/history_view.hpp"
#include "daemon/ctl/json.hpp"
#include "lib/core/date.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;

/// A version of a day, in one target; empty: local or another.
struct Wanted {
  std::uint32_t number = 0;
  std::string target;
};

/// Those of one target, local or another; the same one must be asked again.
Dict versions_of(const Instance& instance, const CommandLine& line) {
  return instance.inquire("GetHistory", {line.arguments.front(), line.arguments.back(), line.from});
}

Wanted wanted_version(const Instance& instance, const CommandLine& line) {
  if (line.revision) return {*line.revision, line.from};
  const Dict history = versions_of(instance, line);
  return {version_at(history, line.as_of, line.arguments.front()), text(history, "Target")};
}

std::string rendered_change(const Dict& change, Format format, const Look& look) {
  if (format == Format::json) return changes_json(change);
  if (format == Format::csv) return changes_csv(change);
  return format == Format::html ? changes_page(change) : changes_table(change, look);
}

std::string one_version(const Instance& instance, const CommandLine& line, const Look& look) {
  const Wanted wanted = wanted_version(instance, line);
  const bus::Values arguments{line.arguments.front(), wanted.number, wanted.target};
  if (line.changes)
    return rendered_change(instance.inquire("GetVersionChanges", arguments), line.format, look);
  const Dict version = instance.inquire("GetVersion", arguments);
  return line.format == Format::json ? version_json(version) + '\n' : version_view(version, look);
}

std::string no_version(const Dict& history, const std::string& date, const std::string& moment) {
  const auto versions = bus::get<std::vector<Dict>>(history, "Versions");
  if (!versions.empty() && text(versions.front(), "Reason") == "recortado")
    return fmt::format("what {} was on {} was trimmed (recortada): {}", date, moment,
                       text(versions.front(), "Note"));
  return fmt::format("{} had not been recorded on {}", date, moment);
}

}  // namespace

void history(const Instance& instance, const CommandLine& line, const Screen& screen) {
  if (line.revision || !line.as_of.empty()) {
    screen.out << one_version(instance, line, screen.look);
    return;
  }
  const Dict versions = versions_of(instance, line);
  screen.out << (line.format == Format::json ? to_json(versions) + '\n'
                                             : history_view(versions, line.from, screen.look));
}

std::uint32_t version_at(const Dict& history, const std::string& moment, const std::string& date) {
  const auto refuse = [](const std::string& why) -> bus::BusError {
    return {bus::error_not_found, why};
  };
  std::uint32_t number = 0;
  bool altered = false;
  for (const Dict& version : bus::get<std::vector<Dict>>(history, "Versions")) {
    if (text(version, "Since") > moment) continue;
    number = bus::get<std::uint32_t>(version, "Version");
    altered = text(version, "Reason") == "hallado";
  }
  const auto ended = to_string(parse_date(date) + std::chrono::days(1)) + " 00:00:00";
  const auto begins = text(history, "Begins");
  if (number != 0 && moment < ended)
    throw refuse(
        fmt::format("{} was open on {}: how it grew is not remembered, only what it was when it "
                    "had ended, and since",
                    date, moment));
  if (number != 0 && moment < begins)
    throw refuse(fmt::format("the memory of {} begins on {}: what {} was on {} is not known",
                             text(history, "Target"), begins, date, moment));
  if (number == 0) throw refuse(no_version(history, date, moment));
  if (altered)
    throw refuse(fmt::format(
        "version {2} of {0} was found altered, its ledger said something else: what was "
        "proven on {1} is version {3}, after the repair",
        date, moment, number, number + 1));
  return number;
}

}  // namespace consolidador::ctl
