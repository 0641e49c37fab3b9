// SPDX-License-Identifier: MIT
#pragma once
#include <ostream>

#include "daemon/ctl/command_line.hpp"
#include "daemon/ctl/instance.hpp"
#include "lib/core/exit_code.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

/// Where it is shown to people.
struct Screen {
  std::ostream& out;
  Look look;
  bool terminal = false;
};

/// That requests wait while the service is paused, as a line; empty: it is not.
std::string pause_notice(const Instance& instance);

/// Makes a request and says its number; with `wait`, shows a progress bar on a terminal until it
/// has ended and says how: ok when everything was done, day_failed when a day failed or is held, or
/// it was cancelled. Throws BusError,
/// also when the daemon leaves meanwhile.
ExitCode run_request(bus::Connection& connection, const Instance& instance, const char* method,
                     const bus::Values& arguments, bool wait, const Screen& screen);

/// Shows the same of a request that runs. Throws BusError (error_not_found) when it does not.
ExitCode wait_for_request(bus::Connection& connection, const Instance& instance,
                          const bus::ObjectPath& path, const Screen& screen);

/// One line for each event, until the user ends it.
[[noreturn]] void watch(bus::Connection& connection, const Instance& instance,
                        const Screen& screen);

/// Until every target has audited the day after its end and it is not held, also over restarts of
/// the daemon; day_failed when the time is over before.
ExitCode wait_until_audited(bus::Connection& connection, const Instance& instance,
                            const CommandLine& line, const Screen& screen);

}  // namespace consolidador::ctl
