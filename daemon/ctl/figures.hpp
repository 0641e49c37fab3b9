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

/// Seconds since then; not negative, clocks being what they are.
std::uint64_t age_seconds(std::uint64_t usec, Instant now);

}  // namespace consolidador::ctl
