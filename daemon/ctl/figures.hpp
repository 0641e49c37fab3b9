// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace consolidador::ctl {

using Instant = std::chrono::system_clock::time_point;

/// A time as it travels (microseconds of CLOCK_REALTIME, 0 for never) for people:
/// `2026-01-05 10:22:33 (3 min ago)`, in the machine's time zone.
std::string spell_time(std::uint64_t usec, Instant now);

/// `45 s`, `12 min`, `2 h 05 min`, `3 d 04 h`.
std::string spell_span(std::chrono::seconds span);

/// Seconds since then; not negative, clocks being what they are.
std::uint64_t age_seconds(std::uint64_t usec, Instant now);

}  // namespace consolidador::ctl
