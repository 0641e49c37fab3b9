// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>

#include "lib/core/endpoint.hpp"
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

/// The server's clock against ours. `target`: one that may keep all days from being written.
void check_clock(Instant server, Instant ours, bool target, Report& report);

/// A server with sysdate-is-now has a clock that each session sets: a day that has closed may then
/// be said to be open, and what becomes of it leaves no history.
void check_clock_is_own(bool moved_by_session, Report& report);

/// The POS's clock in UTC, and what it shows in its own zone: the tills write today's date by that,
/// and we take today by the branch's zone. Both as the server writes them.
void check_time_zone(const std::string& utc, const std::string& local, const TimeZone& branch,
                     Report& report);

/// How many tables of the POS the account sees, and which of them know no transactions.
void check_engines(const std::string& tables, const std::string& without, Report& report);

/// What the session really has: a proxy may not pass our settings on.
void check_session(const Variables& session, SessionKind kind, Report& report);

/// READ COMMITTED cannot be written into a binary log of statements.
void check_binlog(const Variables& server, Report& report);

/// Plaintext is fine on this machine; by a port of it, what a socket is better at is said.
void check_tls(const Variables& status, const Endpoint& endpoint, Instant now, Report& report);

}  // namespace consolidador::preflight
