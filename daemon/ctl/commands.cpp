// SPDX-License-Identifier: MIT
#include "daemon/ctl/commands.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <memory>

#include "daemon/bus/names.hpp"
#include "daemon/ctl/deadline.hpp"
#include "daemon/ctl/diff.hpp"
#include "daemon/ctl/fleet.hpp"
#include "daemon/ctl/history.hpp"
#include "daemon/ctl/import_env.hpp"
#include "daemon/ctl/json.hpp"
#include "daemon/ctl/lock.hpp"
#include "daemon/ctl/nagios.hpp"
#include "daemon/ctl/output.hpp"
#include "daemon/ctl/prometheus.hpp"
#include "daemon/ctl/views.hpp"
#include "lib/core/date.hpp"
#include "lib/core/file.hpp"

namespace consolidador::ctl {
namespace {

using namespace std::chrono_literals;

using bus::Dict;
using Dicts = std::vector<Dict>;

constexpr std::chrono::days shown_days{31};
constexpr DateRange every_day{std::chrono::sys_days(std::chrono::year(1900) / 1 / 1),
                              std::chrono::sys_days(std::chrono::year(9999) / 12 / 31)};

void put(const CommandLine& line, const Screen& screen, const std::string& text) {
  if (line.output.empty())
    screen.out << text;
  else
    replace_file(line.output, text, for_everybody);
}

/// The only one, or the one that is meant.
Instance choose(bus::Connection& connection, const std::string& wanted) {
  const auto found = find_instances(connection, wanted);
  if (found.size() == 1) return found.front();
  std::vector<std::string> ids;
  for (const Instance& instance : found) ids.push_back(std::to_string(instance.branch_id()));
  throw UsageError(fmt::format("several branches run here ({}); choose one with --branch",
                               fmt::join(ids, ", ")));
}

std::string as_json(const Dicts& statuses) {
  std::string text;
  for (const Dict& status : statuses) text += to_json(status) + '\n';
  return text;
}

std::string as_text(const std::vector<Status>& statuses, const Look& look) {
  const Instant now = std::chrono::system_clock::now();
  std::string text;
  for (const Status& status : statuses)
    text += (text.empty() ? "" : "\n") + status_view(status, now, look);
  return text;
}

std::string rendered(const Dicts& told, const CommandLine& line, const Screen& screen) {
  if (line.format == Format::json) return as_json(told);
  std::vector<Status> statuses;
  for (const Dict& status : told) statuses.push_back(read_status(status));
  return as_text(statuses, line.output.empty() ? screen.look : Look{});
}

/// Who is asked and does not answer in time.
bool is_silence(const bus::BusError& error) {
  const std::string_view name = error.name();
  return name.ends_with(".NoReply") || name.ends_with(".Timeout") || name.ends_with(".TimedOut") ||
         name.ends_with(".ETIMEDOUT");
}

/// Nothing of the library can be interrupted while it waits for a bus that hangs.
std::unique_ptr<bus::Connection> open_bus(const CommandLine& line,
                                          const std::function<void()>& late = {}) {
  const Deadline deadline(10s, [&late] {
    if (late) late();
    std::cerr << "consolidadorctl: the bus does not answer within 10 s; see "
                 "`systemctl status dbus` and `journalctl -u dbus`\n";
    return static_cast<int>(ExitCode::unreachable);
  });
  return std::make_unique<bus::Connection>(line.bus);
}

/// Monitoring gives a check ten seconds, as a rule: what hangs must be told before.
int nagios_status(const CommandLine& line, const Screen& screen) {
  NagiosResult result;
  const auto tell = [&] {
    put(line, screen, result.line + '\n');
    return result.exit_code;
  };
  const Deadline deadline(4'500ms, [&] {
    result =
        nagios_failure(true, "the bus does not answer within 4 s; see `systemctl status dbus`");
    return tell();
  });
  bus::Connection connection(line.bus);
  connection.limit_calls(4s);
  try {
    result = nagios(read_status(choose(connection, line.branch).status()),
                    std::chrono::system_clock::now());
  } catch (const NotRunning& error) {
    result = nagios_failure(true, error.what());
  } catch (const bus::BusError& error) {
    if (!is_silence(error)) throw;
    result = nagios_failure(true, "consolidadord does not answer within 4 s; see its journal");
  }
  return tell();
}

/// What is not there, or does not answer, is written as well: an old file would go on saying that
/// it is well.
int prometheus_status(const CommandLine& line, const Screen& screen) {
  std::vector<Status> statuses;
  std::vector<std::string> down;
  std::exception_ptr trouble;
  const auto fail = [&](const std::string& branch) {
    down.push_back(branch);
    trouble = std::current_exception();
  };
  const auto write = [&] { put(line, screen, prometheus(statuses, down)); };
  try {
    const auto connection = open_bus(line, [&] {
      down.push_back(line.branch);
      write();
    });
    connection->limit_calls(10s);
    for (const Instance& instance : find_instances(*connection, line.branch)) try {
        statuses.push_back(read_status(instance.status()));
      } catch (const bus::BusError&) {
        fail(std::to_string(instance.branch_id()));
      }
  } catch (const NotRunning&) {
    fail(line.branch);
  } catch (const bus::BusError&) {
    fail(line.branch);
  }
  write();
  if (trouble) std::rethrow_exception(trouble);
  return static_cast<int>(ExitCode::ok);
}

int status(const CommandLine& line, const Screen& screen) {
  if (line.format == Format::nagios) return nagios_status(line, screen);
  if (line.format == Format::prometheus) return prometheus_status(line, screen);
  const auto connection = open_bus(line);
  Dicts statuses;
  for (const Instance& instance : find_instances(*connection, line.branch))
    statuses.push_back(instance.status());
  put(line, screen, rendered(statuses, line, screen));
  return static_cast<int>(ExitCode::ok);
}

/// From the client's own day on both sides: it may be another day in the branch.
bus::Values last_days() {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return {to_string(today - shown_days), to_string(today + std::chrono::days(1))};
}

Dicts listed_days(const Instance& instance, const CommandLine& line) {
  if (line.held) return held_days(instance, every_day);
  auto arguments = line.arguments.empty() ? last_days()
                                          : bus::Values{line.arguments.at(0), line.arguments.at(1)};
  arguments.emplace_back(std::uint32_t{0});
  return std::get<Dicts>(instance.call("ListDays", arguments).at(0));
}

void days(const Instance& instance, const CommandLine& line, const Screen& screen) {
  const auto listed = listed_days(instance, line);
  if (line.format == Format::json)
    screen.out << to_json(listed) << '\n';
  else
    screen.out << (line.held && listed.empty() ? "no day is held\n"
                                               : days_view(listed, screen.look));
}

void day(const Instance& instance, const CommandLine& line, const Screen& screen) {
  const auto found = std::get<Dict>(instance.call("GetDay", {line.arguments.at(0)}).at(0));
  screen.out << (line.format == Format::json
                     ? to_json(found) + '\n'
                     : day_view(found, std::chrono::system_clock::now(), screen.look));
}

void requests(const Instance& instance, const CommandLine& line, const Screen& screen) {
  const auto listed = std::get<Dicts>(instance.call("ListJobs").at(0));
  screen.out << (line.format == Format::json ? to_json(listed) + '\n'
                                             : requests_view(listed, screen.look));
  if (line.format != Format::json && !listed.empty()) screen.out << pause_notice(instance);
}

/// The request whose number is the command's argument.
bus::ObjectPath request_of(const CommandLine& line) {
  const auto& text = line.arguments.at(0);
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size())
    throw UsageError(
        fmt::format("{}: '{}' is not a request's number; see `requests`", line.command, text));
  return bus::path_of_job(id);
}

void cancel(const Instance& instance, const CommandLine& line) {
  if (!instance.cancel(request_of(line)))
    throw bus::BusError(bus::error_not_found,
                        fmt::format("request {} does not run", line.arguments.at(0)));
}

ExitCode wait(bus::Connection& connection, const Instance& instance, const CommandLine& line,
              const Screen& screen) {
  return line.audited.empty() ? wait_for_request(connection, instance, request_of(line), screen)
                              : wait_until_audited(connection, instance, line, screen);
}

std::string user_name() {
  const passwd* user = getpwuid(getuid());
  return user ? user->pw_name : std::to_string(getuid());
}

void pause(const Instance& instance, const CommandLine& line) {
  const auto reason = line.arguments.empty() ? "by " + user_name()
                                             : fmt::format("{}", fmt::join(line.arguments, " "));
  instance.call("Pause", {reason});
}

/// The bus's refusal, by its policy, or the daemon's.
bool is_access_denied(const bus::BusError& error) {
  return error.name().ends_with(".AccessDenied");
}

ExitCode run_for(bus::Connection& connection, const CommandLine& line, const Screen& screen) {
  const std::map<std::string, const char*> methods{{"sync", "SyncNow"},
                                                   {"backfill", "Backfill"},
                                                   {"reprocess", "Reprocess"},
                                                   {"audit", "Audit"}};
  const Instance instance = choose(connection, line.branch);
  const auto& command = line.command;
  if (const auto method = methods.find(command); method != methods.end())
    return run_request(connection, instance, method->second,
                       {line.arguments.begin(), line.arguments.end()}, line.wait, screen);
  if (command == "approve") return approve(connection, instance, line, screen);
  if (command == "restore") return restore(connection, instance, line, screen);
  if (command == "take-over") return take_over(instance, line, screen);
  if (command == "wait") return wait(connection, instance, line, screen);
  if (command == "diff") return diff(instance, line, screen);
  if (command == "history") history(instance, line, screen);
  if (command == "watch") watch(connection, instance, screen);
  if (command == "days") days(instance, line, screen);
  if (command == "day") day(instance, line, screen);
  if (command == "requests") requests(instance, line, screen);
  if (command == "cancel") cancel(instance, line);
  if (command == "pause") pause(instance, line);
  if (command == "resume") instance.call("Resume");
  if (command == "reload") instance.call("Reload");
  return ExitCode::ok;
}

}  // namespace

int run_command(const CommandLine& line, const Screen& screen) {
  if (line.command == "fleet") return run_fleet(line, screen);
  if (line.command == "import-env") return run_import_env(line, screen);
  try {
    if (line.command == "status") return status(line, screen);
    const auto connection = open_bus(line);
    return static_cast<int>(run_for(*connection, line, screen));
  } catch (const bus::BusError& error) {
    throw explained(error, line.command);
  }
}

bus::BusError explained(const bus::BusError& error, const std::string& command) {
  if (is_silence(error))
    return {error.name(),
            fmt::format("{}: consolidadord does not answer in time; see `systemctl status "
                        "'consolidador-ventas@*'` and `journalctl -u 'consolidador-ventas@*'`; if "
                        "it hangs: sudo systemctl restart consolidador-ventas@BRANCH",
                        command)};
  if (!is_access_denied(error)) return error;
  return {error.name(),
          fmt::format("{}: only root and members of the group consolidador may do this; as a "
                      "member, or: sudo consolidadorctl ...",
                      command)};
}

ExitCode exit_code_of(const bus::BusError& error) {
  const std::string_view name = error.name();
  if (name == bus::error_invalid_argument) return ExitCode::usage;
  if (name == bus::error_configuration) return ExitCode::configuration;
  if (name == bus::error_failed) return ExitCode::internal;
  const bool refused = name == bus::error_not_found || name == bus::error_refused ||
                       name == bus::error_database || is_access_denied(error);
  return refused ? ExitCode::day_failed : ExitCode::unreachable;
}

ExitCode exit_code_of(const Error& error) {
  if (error.cause() == ErrorCause::configuration) return ExitCode::configuration;
  return error.cause() == ErrorCause::link ? ExitCode::unreachable : ExitCode::day_failed;
}

}  // namespace consolidador::ctl
