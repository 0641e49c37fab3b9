// SPDX-License-Identifier: MIT
#include "daemon/command_line.hpp"

#include <fmt/format.h>

#include <vector>

#include "daemon/version.hpp"
#include "lib/core/error.hpp"

namespace consolidador {
namespace {

using Command = CommandLine::Command;

Date parse_day(const char* name, const char* text) {
  try {
    return parse_date(text);
  } catch (const DataError& error) {
    throw UsageError(fmt::format("--{}: {}", name, error.what()));
  }
}

Command parse_command(std::string_view word) {
  if (word == "once") return Command::once;
  if (word == "check") return Command::check;
  throw UsageError(
      fmt::format("unknown command '{}'; use once or check, or none for the daemon", word));
}

struct Ends {
  std::optional<Date> from;
  std::optional<Date> to;
};

Option day(const char* name, std::optional<Date>& target) {
  return option(name, target, [name](const char* text) { return parse_day(name, text); });
}

Option command(const char* name, Command meant, Command& target) {
  return {name, [&target, meant](const char*) { target = meant; }, false};
}

std::vector<Option> options_of(CommandLine& line, Ends& ends) {
  using Bus = CommandLine::Bus;
  using Format = CommandLine::Format;
  return {option("config", line.config),
          day("from", ends.from),
          day("to", ends.to),
          flag("dry-run", line.dry_run),
          flag("local-only", line.local_only),
          flag("audit-only", line.audit_only),
          reason("approve-loss", line.approve_loss),
          flag("take-over", line.take_over),
          flag("connect", line.connect),
          choice<std::optional<Bus>, Bus>(
              "bus", line.bus,
              {{"system", Bus::system}, {"session", Bus::session}, {"none", Bus::none}}),
          choice<Format, Format>("format", line.format,
                                 {{"table", Format::table}, {"json", Format::json}}),
          command("help", Command::help, line.command),
          command("version", Command::version, line.command)};
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
        "belong to `once`");
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
  const auto words = parse_options(argc, argv, options_of(line, ends));
  if (line.command == Command::help || line.command == Command::version) return line;
  if (words.size() > 1) throw UsageError(fmt::format("'{}' is one word too many", words[1]));
  if (words.size() == 1) line.command = parse_command(words[0]);
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

Exit codes: 0 all well; 1 a day in ERROR or held; 64 usage, or the branch is paused; 69 a database
            unreachable; 70 a defect, or the machine's own resources; 78 configuration.
)";
}

std::string version_text() {
  return fmt::format("consolidadord {}\n", product_version);
}

}  // namespace consolidador
