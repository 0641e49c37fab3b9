// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>

#include "daemon/bus/value.hpp"
#include "daemon/service/control.hpp"

namespace consolidador::bus {

// What Control tells, as it goes over the bus: times in microseconds of CLOCK_REALTIME, 0 for
// never; days as YYYY-MM-DD, empty for none; texts of bounded length.

std::uint64_t usec(std::optional<std::chrono::system_clock::time_point> instant);
std::string text_of(std::optional<Date> date);
/// About 1,000 bytes of one line, valid UTF-8: the bus closes the connection on anything else.
std::string bounded(const std::string& text);
Strings bounded(const std::vector<std::string>& texts);

/// The answer of GetStatus.
Dict status_dict(const StatusSnapshot& status);
Dict request_dict(const RequestInfo& request);
Dict day_dict(const DayInfo& day);
Dict totals_dict(const DayTotals& totals);
/// The totals and what the write changed, as DaySynced has them.
Dict synced_dict(const DayTotals& totals, const WrittenChange& change, const Rejections& rejected);

/// 0 to 1.
double progress(const RequestInfo& request);

std::string oldest_late(const StatusSnapshot& status);
/// The day up to which every target has been audited.
std::string last_audited(const StatusSnapshot& status);
std::uint64_t reconnects(const StatusSnapshot& status);

}  // namespace consolidador::bus
