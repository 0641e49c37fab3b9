// SPDX-License-Identifier: MIT
#include "daemon/command_line.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <array>

#include "daemon/version.hpp"
#include "lib/core/error.hpp"
#include "lib/core/reason.hpp"

namespace consolidador {
namespace {

using Command = CommandLine::Command;

enum Option {
  config = 1,
  from,
  to,
  dry_run,
  local_only,
  audit_only,
  approve_loss,
  take_over,
  connect,
  format,
  bus,
  help,
  version
};

constexpr std::array<::option, 14> options{{
    {"config", required_argument, nullptr, config},
    {"from", required_argument, nullptr, from},
    {"to", required_argument, nullptr, to},
    {"dry-run", no_argument, nullptr, dry_run},
    {"local-only", no_argument, nullptr, local_only},
    {"audit-only", no_argument, nullptr, audit_only},
    {"approve-loss", required_argument, nullptr, approve_loss},
    {"take-over", no_argument, nullptr, take_over},
    {"connect", no_argument, nullptr, connect},
    {"format", required_argument, nullptr, format},
    {"bus", required_argument, nullptr, bus},
    {"help", no_argument, nullptr, help},
    {"version", no_argument, nullptr, version},
    {nullptr, 0, nullptr, 0},
}};

Date parse_argument(const char* name, const char* text) {
  try {
    return parse_date(text);
  } catch (const DataError& error) {
    throw UsageError(fmt::format("{}: {}", name, error.what()));
  }
}

std::string parse_reason(const char* text) {
  if (const auto problem = reason_problem(text); !problem.empty())
    throw UsageError(fmt::format("--approve-loss: {}", problem));
  return text;
}

Command parse_command(std::string_view word) {
  if (word == "once") return Command::once;
  if (word == "check") return Command::check;
  throw UsageError(
      fmt::format("unknown command '{}'; use once or check, or none for the daemon", word));
}

CommandLine::Bus parse_bus(std::string_view word) {
  using Bus = CommandLine::Bus;
  if (word == "system") return Bus::system;
  if (word == "session") return Bus::session;
  if (word == "none") return Bus::none;
  throw UsageError(fmt::format("--bus: '{}' is not system, session or none", word));
}

CommandLine::Format parse_format(std::string_view word) {
  if (word == "table") return CommandLine::Format::table;
  if (word == "json") return CommandLine::Format::json;
  throw UsageError(fmt::format("--format: '{}' is not table or json", word));
}

struct Ends {
  std::optional<Date> from;
  std::optional<Date> to;
};

void take_option(int code, const char* argument, CommandLine& line, Ends& ends) {
  switch (code) {
    case config:
      line.config = argument;
      break;
    case from:
      ends.from = parse_argument("--from", argument);
      break;
    case to:
      ends.to = parse_argument("--to", argument);
      break;
    case dry_run:
      line.dry_run = true;
      break;
    case local_only:
      line.local_only = true;
      break;
    case audit_only:
      line.audit_only = true;
      break;
    case approve_loss:
      line.approve_loss = parse_reason(argument);
      break;
    case take_over:
      line.take_over = true;
      break;
    case connect:
      line.connect = true;
      break;
    case format:
      line.format = parse_format(argument);
      break;
    case bus:
      line.bus = parse_bus(argument);
      break;
    case help:
      line.command = Command::help;
      break;
    case version:
      line.command = Command::version;
      break;
    default:
      throw UsageError("unknown option, or an option without its value; see --help");
  }
}

void take_range(CommandLine& line, const Ends& ends) {
  if (!ends.from && !ends.to) return;
  if (!ends.from || !ends.to) throw UsageError("--from and --to go together");
  line.range = DateRange{*ends.from, *ends.to};
  if (line.range->empty()) throw UsageError("--from is after --to");
}

void check_run_options(const CommandLine& line) {
  const bool given = line.range || line.dry_run || line.local_only || line.audit_only ||
                     line.take_over || !line.approve_loss.empty();
  if (given && line.command != Command::once)
    throw UsageError(
        "--from, --to, --dry-run, --local-only, --audit-only, --approve-loss and --take-over "
        "belong "
        "to `once`");
  const bool writes_nothing = line.dry_run || line.audit_only;
  if (writes_nothing && line.take_over)
    throw UsageError("--take-over writes; --dry-run and --audit-only do not");
  if (writes_nothing && !line.approve_loss.empty())
    throw UsageError("--approve-loss writes; --dry-run and --audit-only do not");
  if (!line.approve_loss.empty() && !line.range)
    throw UsageError("--approve-loss needs --from and --to: the days of which something may go");
}

void check_combination(const CommandLine& line) {
  check_run_options(line);
  const bool check_options = line.connect || line.format != CommandLine::Format::table;
  if (check_options && line.command != Command::check)
    throw UsageError("--connect and --format belong to `check`");
  if (line.bus && line.command != Command::run)
    throw UsageError("--bus belongs to the daemon, not to once or check");
  if (line.config.empty()) throw UsageError("--config FILE is missing");
}

}  // namespace

CommandLine parse_command_line(int argc, char* const* argv) {
  CommandLine line;
  Ends ends;
  optind = 0;  // getopt keeps its place from one call to the next
  opterr = 0;
  for (int code; (code = getopt_long(argc, argv, "", options.data(), nullptr)) != -1;)
    take_option(code, optarg, line, ends);
  if (line.command == Command::help || line.command == Command::version) return line;
  if (argc - optind > 1)
    throw UsageError(fmt::format("'{}' is one word too many", argv[optind + 1]));
  if (argc - optind == 1) line.command = parse_command(argv[optind]);
  take_range(line, ends);
  check_combination(line);
  return line;
}

std::string usage_text() {
  return R"(consolidadord --config FILE [--bus=BUS]          run as a daemon
  --bus=BUS               D-Bus service on the system bus (as without the option), session, or none
consolidadord --config FILE once [OPTIONS]       process the window, or a range, and end
  --from DATE --to DATE   these days (YYYY-MM-DD) instead of the configured window
  --dry-run               write nothing; say what would be done
  --local-only            do not touch the VPS
  --audit-only            write nothing; compare the three places
  --approve-loss=TEXT     write held days of the range as the POS has them; TEXT says why
  --take-over             this machine writes the branch's days, whichever did before
consolidadord --config FILE check [OPTIONS]      validate the configuration, and end
  --connect               inspect the databases too; each finding with its remedy
  --format=table|json
consolidadord --help | --version

Exit codes: 0 all well; 1 a day in ERROR or held; 64 usage; 69 a database unreachable; 78 configuration.
)";
}

std::string version_text() {
  return fmt::format("consolidadord {}\n", product_version);
}

}  // namespace consolidador
