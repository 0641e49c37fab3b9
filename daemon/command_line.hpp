// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "daemon/options.hpp"
#include "lib/core/date.hpp"

namespace consolidador {

struct CommandLine {
  enum class Command {
    run,      ///< the daemon
    once,     ///< process and end
    check,    ///< validate the configuration, and with `connect` the databases
    help,     ///< print usage_text()
    version,  ///< print version_text()
  };
  Command command = Command::run;
  std::filesystem::path config;
  std::optional<DateRange> range;  ///< --from and --to
  bool dry_run = false;
  bool local_only = false;
  bool audit_only = false;
  std::string approve_loss;  ///< why the held days of the range may go; empty: they stay held
  bool take_over = false;    ///< this machine writes the branch's days, whichever did before
  bool connect = false;
  enum class Format { table, json };
  Format format = Format::table;  ///< of `check`
  enum class Bus {
    system,   ///< the machine's
    session,  ///< the user's, for trials
    none,     ///< no D-Bus service
  };
  std::optional<Bus> bus;  ///< of the daemon; not given: system
};

/// Throws UsageError.
CommandLine parse_command_line(int argc, char* const* argv);

std::string usage_text();
std::string version_text();

}  // namespace consolidador
