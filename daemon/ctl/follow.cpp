// SPDX-License-Identifier: MIT
#include "daemon/ctl/follow.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/bus/names.hpp"
#include "daemon/ctl/event_text.hpp"
#include "daemon/ctl/events.hpp"
#include "daemon/ctl/loss_view.hpp"
#include "daemon/ctl/views.hpp"
#include "daemon/progress.hpp"

namespace consolidador::ctl {
namespace {

using namespace std::chrono_literals;
using bus::Dict;
using bus::Received;

constexpr auto between_looks = 1s;
constexpr auto far_away = std::chrono::hours(24);

/// A request on its way, by the daemon's signals.
class Following {
 public:
  Following(bus::ObjectPath path, std::uint64_t rows_before, const Screen& screen, bool is_sync)
      : path_(std::move(path)),
        rows_before_(rows_before),
        rows_(rows_before),
        screen_(screen),
        is_sync_(is_sync) {}

  /// It runs already.
  void join(const Dict& request) {
    bar_.emplace(screen_.out, screen_.terminal, total(request), "day tasks");
    done_ = bus::get<std::uint64_t>(request, "Done");
    failed_ = bus::get<std::uint64_t>(request, "Failed");
  }

  /// Follows what happens; the request's last state when it has ended.
  std::optional<Dict> follow(const Received& event) {
    if (is_farewell(event))
      throw bus::BusError("", is_sync_
                                  ? "the daemon has left the bus, and the request with it; ask "
                                    "again when it is back"
                                  : "the daemon has left the bus; it goes on with the request "
                                    "when it is back");
    if (event.member == "PropertiesChanged") properties_changed(event);
    if (event.member == "JobNew" && is_ours(event))
      bar_.emplace(screen_.out, screen_.terminal, total(std::get<Dict>(event.arguments.at(1))),
                   "day tasks");
    if (event.member != "JobRemoved" || !is_ours(event)) return std::nullopt;
    bar_.reset();
    return std::get<Dict>(event.arguments.at(2));
  }

  void show() {
    if (bar_) bar_->show(done_, failed_, rows_ - rows_before_);
  }

 private:
  static std::size_t total(const Dict& request) {
    return bus::get<std::uint64_t>(request, "Total");
  }
  bool is_ours(const Received& event) const { return event.arguments.at(0) == bus::Value(path_); }

  void properties_changed(const Received& event) {
    const auto& changed = std::get<Dict>(event.arguments.at(1));
    const auto update = [&](const char* name, std::uint64_t& figure) {
      if (find(changed, name)) figure = bus::get<std::uint64_t>(changed, name);
    };
    update("RowsSynced", rows_);
    if (event.path != path_.text) return;
    update("Done", done_);
    update("Failed", failed_);
  }

  bus::ObjectPath path_;
  std::uint64_t rows_before_;
  std::uint64_t rows_;
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
  const Screen& screen_;
  bool is_sync_;  // no restart survives it
  std::optional<Progress> bar_;
};

Dict follow(Events& events, Following& following) {
  while (true) {
    const auto event = events.next(Events::Clock::now() + between_looks);
    if (event)
      if (auto ended = following.follow(*event)) return *ended;
    following.show();
  }
}

ExitCode follow_to_end(Events& events, Following& following, const Screen& screen) {
  const Dict ended = follow(events, following);
  const auto error = bus::get<std::string>(ended, "Error");
  screen.out << request_outcome(ended) << '\n';
  if (!error.empty()) screen.out << error << '\n';
  return bus::get<std::string>(ended, "State") == "done" ? ExitCode::ok : ExitCode::day_failed;
}

std::uint64_t rows_synced(const Instance& instance) {
  return read_status(instance.status()).rows_synced;
}

/// Who waits should know for what.
void tell_pause(const Instance& instance, const Screen& screen) {
  screen.out << pause_notice(instance) << std::flush;
}

/// Up to which day everything is audited; empty: nothing is, or the daemon is away.
std::string audited_up_to(const Instance& instance) try {
  return read_status(instance.status()).last_audited_day;
} catch (const bus::BusError&) {
  return {};
}

/// The daemon's answer about the day.
struct Answer {
  std::optional<Dict> day{};  ///< nothing: nothing is known of it, or the daemon is away
  bool away = false;
};

Answer ask_for(const Instance& instance, const std::string& date) try {
  return {std::get<Dict>(instance.call("GetDay", {date}).at(0))};
} catch (const bus::BusError& error) {
  const std::string_view name = error.name();
  if (name == bus::error_not_found) return {};
  if (name.ends_with(".ServiceUnknown") || name.ends_with(".NameHasNoOwner") ||
      name.ends_with(".NoReply"))
    return {std::nullopt, true};
  throw;
}

/// Closed in every target, neither in ERROR nor held.
bool is_audited(const Dict& day) {
  const auto targets = bus::get<std::vector<Dict>>(day, "Targets");
  return bus::get<std::string>(day, "Error").empty() && !is_held(day) && !targets.empty() &&
         std::ranges::all_of(targets, [](const Dict& target) {
           return bus::get<bool>(target, "Closed") && !bus::get<bool>(target, "Pending");
         });
}

/// A target's ledger has not the day, and nothing of it is on its way.
bool is_missing(const Dict& day) {
  return std::ranges::any_of(bus::get<std::vector<Dict>>(day, "Targets"), [](const Dict& target) {
    return was_asked(target) && !bus::get<bool>(target, "Recorded") &&
           !bus::get<bool>(target, "Pending");
  });
}

/// What a person has to do about the day; empty: nothing, it comes by itself.
std::string obstacle(const Answer& answer, const std::string& date) {
  if (answer.away) return {};
  const auto remedy = fmt::format("if it stays so: consolidadorctl backfill {0} {0}", date);
  if (!answer.day) return fmt::format("nothing is known of {}; {}", date, remedy);
  if (is_held(*answer.day)) return held_line(*answer.day);
  const auto error = bus::get<std::string>(*answer.day, "Error");
  if (!error.empty())
    return fmt::format(
        "{0} is in ERROR: {1}; it is tried again in each cycle, or: consolidadorctl backfill {0} "
        "{0}",
        date, error);
  if (is_missing(*answer.day)) return fmt::format("{} is missing in a target; {}", date, remedy);
  return {};
}

/// A target of which nobody knows whether it has the day, for it could not be asked; empty: none.
std::string not_asked(const std::vector<Dict>& targets) {
  const auto found = std::ranges::find_if(targets, [](const Dict& target) {
    return !was_asked(target) && !bus::get<bool>(target, "Recorded");
  });
  return found == targets.end() ? "" : bus::get<std::string>(*found, "Target");
}

/// What the daemon says that the day waits for, if it does.
std::string waits_for(const Dict& day) {
  const auto waits = find(day, "Waits") ? bus::get<std::string>(day, "Waits") : std::string();
  return waits.empty() ? waits : ": " + waits;
}

/// Why it is not audited, where no person has to do anything about this day.
std::string reason(const Answer& answer, bool audited) {
  if (answer.away) return ": the daemon does not answer";
  if (audited) return ": days before it are not; see `consolidadorctl days`";
  if (!answer.day || !obstacle(answer, "").empty()) return {};
  const auto targets = bus::get<std::vector<Dict>>(*answer.day, "Targets");
  const bool waits = std::ranges::any_of(
      targets, [](const Dict& target) { return bus::get<bool>(target, "Pending"); });
  if (waits) return ": it waits for a target, or is being brought" + waits_for(*answer.day);
  const auto unknown = not_asked(targets);
  if (!unknown.empty())
    return fmt::format(
        ": nobody knows whether {} has it, which could not be asked since the "
        "start{}; see `consolidadorctl status`",
        unknown, waits_for(*answer.day));
  return ": it has not ended, or its closing time has not come";
}

}  // namespace

std::string pause_notice(const Instance& instance) {
  const Status status = read_status(instance.status());
  if (!status.paused()) return {};
  return fmt::format("the service is paused{}{}; requests wait for `consolidadorctl resume`\n",
                     status.pause_reason.empty() ? "" : ": ", status.pause_reason);
}

ExitCode run_request(bus::Connection& connection, const Instance& instance, const char* method,
                     const bus::Values& arguments, bool wait, const Screen& screen) {
  Events events(connection, instance.bus_name());
  const auto rows = wait ? rows_synced(instance) : 0;
  const auto path = std::get<bus::ObjectPath>(instance.call(method, arguments).at(0));
  const auto id = path.text.substr(path.text.rfind('/') + 1);
  if (!wait) screen.out << "request " << id << '\n';
  tell_pause(instance, screen);
  if (!wait) return ExitCode::ok;
  Following following(path, rows, screen, std::string_view(method) == "SyncNow");
  return follow_to_end(events, following, screen);
}

ExitCode wait_for_request(bus::Connection& connection, const Instance& instance,
                          const bus::ObjectPath& path, const Screen& screen) {
  Events events(connection, instance.bus_name());
  const auto rows = rows_synced(instance);
  const auto running = std::get<std::vector<Dict>>(instance.call("ListJobs").at(0));
  const auto is_it = [&path](const Dict& request) {
    return bus::get<bus::ObjectPath>(request, "Path") == path;
  };
  const auto found = std::ranges::find_if(running, is_it);
  if (found == running.end())
    throw bus::BusError(bus::error_not_found,
                        "this request does not run: it has ended, or there was none; what became "
                        "of it is in bot.log and the journal: `request N (...) is ...`");
  Following following(path, rows, screen, bus::get<std::string>(*found, "Kind") == "sync");
  tell_pause(instance, screen);
  following.join(*found);
  return follow_to_end(events, following, screen);
}

void watch(bus::Connection& connection, const Instance& instance, const Screen& screen) {
  Events events(connection, instance.bus_name());
  while (true) {
    const auto event = events.next(Events::Clock::now() + far_away);
    if (!event) continue;
    const auto text = event_text(*event, screen.look);
    if (!text.empty())
      screen.out << fmt::format("{:%H:%M:%S}  {}\n", fmt::localtime(std::time(nullptr)), text)
                 << std::flush;
  }
}

ExitCode wait_until_audited(bus::Connection& connection, const Instance& instance,
                            const CommandLine& line, const Screen& screen) {
  Events events(connection, instance.bus_name());
  const auto start = Events::Clock::now();
  const auto end = line.timeout ? start + *line.timeout : Events::Clock::time_point::max();
  bool told = !screen.terminal;
  std::string told_obstacle;
  while (true) {
    const auto answer = ask_for(instance, line.audited);
    const bool audited = answer.day && is_audited(*answer.day);
    const auto up_to = audited ? audited_up_to(instance) : std::string();
    if (audited && up_to >= line.audited) break;
    if (!std::exchange(told, true))
      screen.out << "waiting until " << line.audited << " is audited\n" << std::flush;
    const auto trouble = obstacle(answer, line.audited);
    if (!trouble.empty() && std::exchange(told_obstacle, trouble) != trouble)
      screen.out << trouble << '\n' << std::flush;
    const auto now = Events::Clock::now();
    if (now >= end) {
      screen.out << line.audited << " is not audited yet" << reason(answer, audited) << '\n';
      return ExitCode::day_failed;
    }
    events.next(std::min(now + between_looks, end));
  }
  screen.out << line.audited << " and the days before it are audited in every target\n";
  return ExitCode::ok;
}

}  // namespace consolidador::ctl
