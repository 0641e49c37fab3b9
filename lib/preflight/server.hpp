// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>

#include "lib/core/time_zone.hpp"
#include "lib/preflight/answers.hpp"
#include "lib/preflight/finding.hpp"

namespace consolidador::preflight {

using Instant = std::chrono::system_clock::time_point;

// Each check writes one or more findings. Those that take values are pure, so that what no test can
// set up in a server can be tested too.

void check_version(const std::string& version, bool target, Report& report);

/// What a statement costs there and back: the median of a few.
std::chrono::milliseconds measure_latency(Connection& connection);

void check_latency(std::chrono::milliseconds latency, Report& report);

/// The server's clock against ours.
void check_clock(Instant server, Instant ours, Report& report);

/// A server with sysdate-is-now has a clock that each session sets: a day that has closed may then
/// be said to be open, and what becomes of it leaves no history.
void check_clock_is_own(bool moved_by_session, Report& report);

/// `local` is what the POS's own clocks show, empty when the server does not know its zone: the
/// tills write today's date by them, and we take today by the branch's zone.
void check_time_zone(const std::string& local, Instant now, const TimeZone& branch, Report& report);

/// What the session really has: a proxy may not pass our settings on.
void check_session(const Variables& session, SessionKind kind, Report& report);

/// READ COMMITTED cannot be written into a binary log of statements.
void check_binlog(const Variables& server, Report& report);

/// `plaintext_is_fine`: on this machine's own addresses and sockets.
void check_tls(const Variables& status, bool plaintext_is_fine, Instant now, Report& report);

}  // namespace consolidador::preflight
