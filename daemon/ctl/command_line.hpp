// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bus/connection.hpp"
#include "daemon/options.hpp"

namespace consolidador::ctl {

enum class Format { table, json, nagios, prometheus, csv, html };

struct CommandLine {
  std::string command;
  std::vector<std::string> arguments;  ///< of the command, already valid: dates are dates
  bus::BusKind bus = bus::BusKind::system;
  std::string branch;  ///< id or name; empty: the one that runs
  Format format = Format::table;
  std::string config = "/etc/consolidador-ventas/fleet.yaml";  ///< of `fleet`
  std::string into = "/etc/consolidador-ventas";  ///< of `import-env`: the folder to write in
  std::string html;                               ///< of `fleet`: the page to replace
  std::string output;                             ///< a file to replace; empty: stdout
  std::string reason;  ///< of `approve` and `restore`: one line of at most 200 bytes
  std::string from;    ///< of `restore` and `history`: `local` or `vps`; empty: either
  std::optional<std::uint32_t> revision;  ///< of `history`: the version whose rows are shown
  std::string as_of;     ///< the same by its time on the branch's clocks: `YYYY-MM-DD HH:MM:SS`
  bool changes = false;  ///< of a version of `history`: what has made it of the one before
  std::optional<std::uint32_t> limit;  ///< of `diff`: the rows that are shown; nothing: all
  bool rerun = false;                  ///< of `diff`: what is left of the last one
  bool held = false;    ///< of `days`: all held days, whatever their age; without a range
  bool yes = false;     ///< of what asks first: no question
  bool wait = false;    ///< until the request has ended
  std::string audited;  ///< of `wait`: the day
  std::optional<std::chrono::milliseconds> timeout;  ///< of `wait`; none: for ever
  bool help = false;
  bool version = false;
};

/// Throws UsageError.
CommandLine parse_command_line(int argc, char* const* argv);

/// Whether the words ask for the format of the monitoring plugins, however wrong the rest may be.
bool asks_for_nagios(int argc, char* const* argv);

std::string usage_text();
std::string version_text();

}  // namespace consolidador::ctl
