// SPDX-License-Identifier: MIT
#include "daemon/ctl/lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "daemon/ctl/consent.hpp"
#include "daemon/ctl/loss_view.hpp"
#include "lib/core/date.hpp"
#include "lib/core/reason.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Dicts = std::vector<Dict>;

[[noreturn]] void refuse(const std::string& why) {
  throw bus::BusError(bus::error_refused, why);
}

/// With --yes nobody has been looking at it meanwhile.
void check_unchanged(const Instance& instance, const DateRange& range, const Dicts& shown,
                     const CommandLine& line) {
  const auto losses = [](const Dicts& days) { return loss_view(days, {}); };
  if (!line.yes && losses(held_days(instance, range)) != losses(shown))
    refuse("what would go has changed meanwhile; look again");
}

/// Who became root by sudo is known to sudo alone: to the bus he is root.
std::string reason_of(const CommandLine& line) {
  const char* user = std::getenv("SUDO_USER");
  auto reason =
      user && *user != '\0' ? fmt::format("{} (sudo: {})", line.reason, user) : line.reason;
  if (const auto problem = reason_problem(reason); !problem.empty())
    throw UsageError(fmt::format("--reason: {}", problem));
  return reason;
}

}  // namespace

std::vector<Dict> held_days(const Instance& instance, const DateRange& range) {
  Dicts held;
  // An answer is of limited length: what is older than its last day is asked for again.
  for (DateRange rest = range; !rest.empty();) {
    const auto days = std::get<Dicts>(
        instance.call("ListDays", {to_string(rest.first), to_string(rest.last), std::uint32_t{0}})
            .at(0));
    if (days.empty()) break;
    std::ranges::copy_if(days, std::back_inserter(held), is_held);
    rest.last = parse_date(bus::get<std::string>(days.back(), "Date")) - std::chrono::days(1);
  }
  return held;
}

ExitCode approve(bus::Connection& connection, const Instance& instance, const CommandLine& line,
                 const Screen& screen) {
  const auto reason = reason_of(line);
  const auto& from = line.arguments.front();
  const auto& to = line.arguments.back();
  const DateRange range{parse_date(from), parse_date(to)};
  const Dicts held = held_days(instance, range);
  if (held.empty()) refuse(fmt::format("no day from {} to {} is held", from, to));
  for (const Dict& day : held)
    if (bus::get<Dict>(day, "Loss").entries.empty())
      refuse(fmt::format("{}: {}; it cannot be approved: leave this day out",
                         bus::get<std::string>(day, "Date"), bus::get<std::string>(day, "Held")));
  screen.out << loss_heading(held.front()) << '\n' << loss_view(held, screen.look) << '\n';
  if (!consents(line, screen, "Approve?")) return ExitCode::day_failed;
  check_unchanged(instance, range, held, line);
  return run_request(connection, instance, "Approve", {from, to, reason}, line.wait, screen);
}

ExitCode restore(bus::Connection& connection, const Instance& instance, const CommandLine& line,
                 const Screen& screen) {
  const auto reason = reason_of(line);
  const auto& date = line.arguments.front();
  const auto day = std::get<Dict>(instance.call("GetDay", {date}).at(0));
  if (!is_held(day)) refuse(date + " is not held");
  screen.out << fmt::format("{}: {}\n\n{}\nThe rows of {} replace those of the other target.\n",
                            date, bus::get<std::string>(day, "Held"),
                            contents_view(day, screen.look), line.from);
  if (!consents(line, screen, "Restore?")) return ExitCode::day_failed;
  return run_request(connection, instance, "Restore", {date, line.from, reason}, line.wait, screen);
}

ExitCode take_over(const Instance& instance, const CommandLine& line, const Screen& screen) {
  if (!line.yes)
    screen.out << fmt::format(
        "From now on this machine writes the days of branch {0}. The other machine must be off, "
        "or\n"
        "have another branch.id: at its next contact it is refused.\n",
        instance.branch_id());
  if (!consents(line, screen, "Take over?")) return ExitCode::day_failed;
  instance.call("TakeOver");
  screen.out << fmt::format("this machine writes branch {} as soon as each target answers\n",
                            instance.branch_id());
  return ExitCode::ok;
}

}  // namespace consolidador::ctl
