// SPDX-License-Identifier: MIT
#include "daemon/ctl/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "daemon/version.hpp"
#include "lib/core/date.hpp"
#include "lib/core/duration.hpp"
#include "lib/core/error.hpp"

namespace consolidador::ctl {
namespace {

struct Command {
  std::string_view name;
  std::size_t least;  // arguments
  std::size_t most;
  bool dates;         // they are dates
  bool waits;         // --wait
  bool format;        // --format=json
  bool asks = false;  // --yes
};

constexpr std::size_t any_number = 1'000;
constexpr std::array<Command, 21> commands{{{"status", 0, 0, false, false, true},
                                            {"sync", 0, 0, false, true, false},
                                            {"backfill", 2, 2, true, true, false},
                                            {"reprocess", 2, 2, true, true, false},
                                            {"audit", 2, 2, true, true, false},
                                            {"approve", 1, 2, true, true, false, true},
                                            {"restore", 1, 1, true, true, false, true},
                                            {"take-over", 0, 0, false, false, false, true},
                                            {"requests", 0, 0, false, false, true},
                                            {"cancel", 1, 1, false, false, false},
                                            {"days", 0, 2, true, false, true},
                                            {"day", 1, 1, true, false, true},
                                            {"history", 1, 2, true, false, true},
                                            {"diff", 1, 2, true, false, true},
                                            {"pause", 0, any_number, false, false, false},
                                            {"resume", 0, 0, false, false, false},
                                            {"reload", 0, 0, false, false, false},
                                            {"watch", 0, 0, false, false, false},
                                            {"wait", 0, 1, false, false, false},
                                            {"fleet", 0, 0, false, false, true},
                                            {"import-env", 1, 1, false, false, false}}};

std::string valid_date(const std::string& text) {
  try {
    parse_date(text);
    return text;
  } catch (const DataError& error) {
    throw UsageError(error.what());
  }
}

/// A duration with its unit, or seconds.
std::chrono::milliseconds parse_timeout(std::string_view text) {
  constexpr std::chrono::hours longest{1'000'000};
  const bool bare = text.find_first_not_of("0123456789") == std::string_view::npos;
  const auto timeout = parse_duration(fmt::format("{}{}", text, bare ? "s" : ""));
  if (!timeout || *timeout > longest)
    throw UsageError(fmt::format("--timeout: '{}' is not a duration; use 90s, 5min, 2h", text));
  return *timeout;
}

std::uint32_t parse_count(const char* name, std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0)
    throw UsageError(fmt::format("--{}: '{}' is not a number from 1 on", name, text));
  return count;
}

/// On whatever clocks, as `YYYY-MM-DD HH:MM:SS`; a day alone means its end.
std::string parse_moment(const std::string& text) {
  constexpr std::string_view latest = "0000-00-00 23:59:59";
  constexpr std::array<std::size_t, 3> lengths{10, 16, 19};  // a day, with minutes, with seconds
  const auto moment =
      fmt::format("{}{}", text, latest.substr(std::min(text.size(), latest.size())));
  if (std::ranges::find(lengths, text.size()) != lengths.end()) try {
      auto clock = to_utc_string(parse_utc(moment)).substr(0, latest.size());
      clock[clock.find('T')] = ' ';
      if (moment.size() == latest.size()) return clock;
    } catch (const DataError&) {  // told below
    }
  throw UsageError(fmt::format("--as-of: '{}' is not YYYY-MM-DD [HH:MM[:SS]]", text));
}

std::vector<Option> options_of(CommandLine& line) {
  using bus::BusKind;
  return {option("branch", line.branch),
          choice<BusKind, BusKind>("bus", line.bus,
                                   {{"system", BusKind::system}, {"session", BusKind::session}}),
          choice<Format, Format>("format", line.format,
                                 {{"table", Format::table},
                                  {"json", Format::json},
                                  {"nagios", Format::nagios},
                                  {"prometheus", Format::prometheus},
                                  {"csv", Format::csv},
                                  {"html", Format::html}}),
          option("output", line.output),
          flag("wait", line.wait),
          option("audited", line.audited, valid_date),
          option("timeout", line.timeout, parse_timeout),
          option("config", line.config),
          option("html", line.html),
          option("into", line.into),
          reason("reason", line.reason),
          choice<std::string, std::string_view>("from", line.from,
                                                {{"local", "local"}, {"vps", "vps"}}),
          option("revision", line.revision,
                 [](const char* text) { return parse_count("revision", text); }),
          option("as-of", line.as_of, parse_moment),
          flag("changes", line.changes),
          option("limit", line.limit, [](const char* text) { return parse_count("limit", text); }),
          flag("rerun", line.rerun),
          flag("held", line.held),
          flag("yes", line.yes),
          flag("help", line.help),
          flag("version", line.version)};
}

const Command& find_command(std::string_view name) {
  const auto* found = std::ranges::find(commands, name, &Command::name);
  if (found == commands.end())
    throw UsageError(fmt::format("unknown command '{}'; see --help", name));
  return *found;
}

void check_arguments(const Command& command, const CommandLine& line) {
  const auto count = line.arguments.size();
  const bool half_a_range = command.name == "days" && count == 1;
  if (count < command.least || count > command.most || half_a_range)
    throw UsageError(fmt::format("{}: wrong number of arguments; see --help", command.name));
  if (command.dates) std::ranges::for_each(line.arguments, valid_date);
  if (command.dates && count == 2 && line.arguments[0] > line.arguments[1])
    throw UsageError(fmt::format("{} is after {}", line.arguments[0], line.arguments[1]));
}

void check_options(const Command& command, const CommandLine& line) {
  const bool status = command.name == "status";
  if (line.wait && !command.waits)
    throw UsageError("--wait belongs to sync, backfill, reprocess, audit, approve and restore");
  if (line.format != Format::table && !command.format)
    throw UsageError("--format belongs to status, requests, days, day, history, diff and fleet");
  if ((line.format == Format::nagios || line.format == Format::prometheus) && !status)
    throw UsageError("--format=nagios and --format=prometheus belong to status");
  const bool exported = line.format == Format::csv || line.format == Format::html;
  if (exported && command.name != "diff" && !line.changes)
    throw UsageError("--format=csv and --format=html belong to diff and history --changes");
  if (!line.output.empty() && !status) throw UsageError("--output belongs to status");
  if ((!line.html.empty() || line.config != CommandLine{}.config) && command.name != "fleet")
    throw UsageError("--config and --html belong to fleet");
  if (line.into != CommandLine{}.into && command.name != "import-env")
    throw UsageError("--into belongs to import-env");
  if (line.held && command.name != "days") throw UsageError("--held belongs to days");
  if (line.held && !line.arguments.empty())
    throw UsageError("days --held: of any age; leave FROM and TO out");
  const bool waits = command.name == "wait";
  if ((!line.audited.empty() || line.timeout) && !waits)
    throw UsageError("--audited and --timeout belong to wait");
  if (waits && line.audited.empty() == line.arguments.empty())
    throw UsageError("wait: give --audited DATE, or the number of a request");
  if (line.timeout && line.audited.empty()) throw UsageError("--timeout belongs to wait --audited");
}

/// Of what looks into the databases.
void check_inquiry_options(const Command& command, const CommandLine& line) {
  const bool one_day = line.arguments.size() == 1;
  const bool one_version = line.revision || !line.as_of.empty();
  if (one_version && command.name != "history")
    throw UsageError("--revision and --as-of belong to history");
  if (one_version && !one_day) throw UsageError("--revision and --as-of are of one day");
  if (line.revision && !line.as_of.empty())
    throw UsageError("--revision and --as-of name the same: give one of them");
  if (line.changes && !one_version)
    throw UsageError("--changes is of one version: history DATE --revision N --changes");
  if (line.rerun && (line.limit || line.format != Format::table))
    throw UsageError("--rerun is a table of all rows: leave --format and --limit out");
  if ((line.rerun || line.limit) && command.name != "diff")
    throw UsageError("--rerun and --limit belong to diff");
  if ((line.rerun || line.limit) && !one_day)
    throw UsageError("--rerun and --limit are of one day");
}

/// Of what lets something go.
void check_lock_options(const Command& command, const CommandLine& line) {
  const bool restores = command.name == "restore";
  const bool reasons = restores || command.name == "approve";
  if (line.yes && !command.asks)
    throw UsageError("--yes belongs to approve, restore and take-over");
  if (!line.reason.empty() && !reasons) throw UsageError("--reason belongs to approve and restore");
  if (line.reason.empty() && reasons)
    throw UsageError(fmt::format("{}: --reason TEXT is missing", command.name));
  if (!line.from.empty() && !restores && command.name != "history")
    throw UsageError("--from belongs to restore and history");
  if (line.from.empty() && restores) throw UsageError("restore: --from local|vps is missing");
}

}  // namespace

CommandLine parse_command_line(int argc, char* const* argv) {
  CommandLine line;
  line.arguments = parse_options(argc, argv, options_of(line));
  if (line.help || line.version) return line;
  line.command = "status";
  if (!line.arguments.empty()) {
    line.command = line.arguments.front();
    line.arguments.erase(line.arguments.begin());
  }
  if (line.command == "jobs") line.command = "requests";  // the bus's word, which scripts use
  const Command& command = find_command(line.command);
  check_arguments(command, line);
  check_options(command, line);
  check_inquiry_options(command, line);
  check_lock_options(command, line);
  return line;
}

bool asks_for_nagios(int argc, char* const* argv) {
  const std::span words(argv, static_cast<std::size_t>(argc));
  return std::ranges::any_of(
      words, [](std::string_view word) { return word == "--format=nagios" || word == "nagios"; });
}

constexpr std::string_view usage =
    R"(consolidadorctl [--branch ID|NAME] [--bus=system|session] COMMAND

status [--format=table|json|nagios|prometheus] [--output FILE]
                            how the branch is; also without a command
days [FROM TO | --held] [--format=json]
                            the days that the targets have; of the last month, or all that are held
day DATE [--format=json]    one day, in each target
diff DATE [--format=table|json|csv|html] [--limit N] [--rerun]
                            the rows in which POS, local and VPS differ now, the largest first;
                            --rerun: what is left of those that the last diff of the day showed
diff FROM TO [--format=table|json|csv|html]
                            one line a day
history DATE [--from local|vps] [--format=json]
                            the versions of the day: when, why, by whom, what changed
history DATE --revision N | --as-of "DATE [TIME]"
                            the rows of one version, proven by its Huella; N as history DATE
                            counts, not the ledger revision that day shows
history DATE --revision N --changes [--format=table|json|csv|html]
                            what has made the version of the one before, the largest first
history FROM TO [--from local|vps] [--format=json]
                            the versions of the days that have changed
requests [--format=json]    what was asked for and is not done yet; also jobs
watch                       what happens, as it happens
wait --audited DATE [--timeout DURATION]
                            until the ended day is proven equal in every target
wait REQUEST                until a request that runs has ended, as with its --wait

At head office, over all branches, as an analyst of its database:
fleet [--config FILE] [--format=json] [--html FILE]
                            those that need attention first; --html writes a page

import-env FOLDER [--into FOLDER]
                            the configuration of the Python bot in FOLDER as ours

For root and members of the group consolidador; DATE, FROM and TO are YYYY-MM-DD:
sync [--wait]               today and the window, now
backfill FROM TO [--wait]   what the targets lack of these days
reprocess FROM TO [--wait]  these days, written again as the POS has them, never past the lock
audit FROM TO [--wait]      these days, audited in each target; differences are repaired, and
                            nothing is taken away
cancel REQUEST              drop what is not done yet of a request
pause [REASON]              no new work until resume, also after a restart
resume
reload                      read the configuration again

What was proven goes only so; each says first what would go, and asks unless --yes is given:
approve FROM [TO] --reason TEXT [--yes] [--wait]
                            held days, written as the POS has them now
restore DATE --from local|vps --reason TEXT [--yes] [--wait]
                            a held day that the POS has no longer: the other target takes the
                            rows of this one
take-over [--yes]           this machine writes the branch's days, whichever did before
--help  --version

Exit codes: 0 all well; 1 it did not succeed; diff: the places differ; 64 usage; 69 no daemon, no bus or
            no database, diff: a place could not be compared; 70 a defect, or a pause that ends
            with the process; 78 configuration.
With --format=nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
)";

std::string usage_text() {
  return std::string(usage);
}

std::string version_text() {
  return fmt::format("consolidadorctl {}\n", product_version);
}

}  // namespace consolidador::ctl
