// SPDX-License-Identifier: MIT
#include "daemon/ctl/history.hpp"

#include <fmt/format.h>

#include "daemon/ctl/history_view.hpp"
#include "daemon/ctl/json.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;

/// Those of one target, local or another; the same one must be asked again.
Dict versions_of(const Instance& instance, const CommandLine& line) {
  return instance.inquire("GetHistory", {line.arguments.front(), line.arguments.back(), line.from});
}

std::string no_version(const Dict& history, const std::string& date, const std::string& moment) {
  const auto versions = bus::get<std::vector<Dict>>(history, "Versions");
  if (!versions.empty() && text(versions.front(), "Reason") == "recortado")
    return fmt::format("what {} was on {} was trimmed (recortada): {}", date, moment,
                       text(versions.front(), "Note"));
  return fmt::format("{} had not been recorded on {}", date, moment);
}

std::uint32_t version_at(const Dict& history, const std::string& moment, const std::string& date) {
  std::uint32_t number = 0;
  for (const Dict& version : bus::get<std::vector<Dict>>(history, "Versions"))
    if (bus::get<std::string>(version, "Since") <= moment)
      number = bus::get<std::uint32_t>(version, "Version");
  if (number == 0) throw bus::BusError(bus::error_not_found, no_version(history, date, moment));
  return number;
}

Dict one_version(const Instance& instance, const CommandLine& line) {
  const auto& date = line.arguments.front();
  if (line.revision) return instance.inquire("GetVersion", {date, *line.revision, line.from});
  const Dict history = versions_of(instance, line);
  return instance.inquire("GetVersion", {date, version_at(history, line.as_of, date),
                                         bus::get<std::string>(history, "Target")});
}

}  // namespace

void history(const Instance& instance, const CommandLine& line, const Screen& screen) {
  const bool json = line.format == Format::json;
  if (line.revision || !line.as_of.empty()) {
    const Dict version = one_version(instance, line);
    screen.out << (json ? version_json(version) + '\n' : version_view(version, screen.look));
    return;
  }
  const Dict versions = versions_of(instance, line);
  screen.out << (json ? to_json(versions) + '\n' : history_view(versions, screen.look));
}

}  // namespace consolidador::ctl
