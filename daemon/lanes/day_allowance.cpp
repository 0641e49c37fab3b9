// SPDX-License-Identifier: MIT
#include "daemon/lanes/day_allowance.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/lanes/holdings.hpp"
#include "lib/core/duration.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

constexpr unsigned statement_timed_out = 1969;  // max_statement_time
// A million grouped rows were read in 126 s by a server with much else to do.
constexpr auto statement_per_row = 2ms;
constexpr auto unit_per_row = 6ms;
constexpr unsigned most_doublings = 5;  // by refusals: a server that hangs must be noticed
constexpr std::chrono::seconds most = 24h;
constexpr std::ptrdiff_t neighbours = 7;

std::chrono::milliseconds times(std::chrono::milliseconds each, std::uint64_t rows) {
  constexpr std::uint64_t enough = 100'000'000;
  return each * static_cast<std::int64_t>(std::min(rows, enough));
}

/// In steps of twice as much: then connections that were opened for one day serve others.
std::chrono::seconds doubled_until(std::chrono::seconds limit, std::chrono::milliseconds needed) {
  while (limit < needed) limit *= 2;
  return limit;
}

std::uint64_t rows_thought(const KnownDays& days, Date date) {
  if (const LedgerDay* day = find_day(days, date)) return day->totals.filas;
  const auto after = std::ranges::lower_bound(days, date, {}, &LedgerDay::date);
  std::uint64_t rows = 0;
  for (auto day = after - std::min(neighbours, after - days.begin()); day != after; ++day)
    rows = std::max(rows, day->totals.filas);
  return rows;
}

}  // namespace

TimeLimits limits_for(const TimeLimits& configured, std::uint64_t rows, unsigned refusals) {
  const int more = 1 << std::min(refusals, most_doublings);
  TimeLimits limits;
  limits.statement = doubled_until(configured.statement, times(statement_per_row, rows)) * more;
  limits.unit = std::max(configured.unit, times(unit_per_row, rows)) * more;
  if (limits.statement > configured.statement)
    limits.unit = std::max<std::chrono::milliseconds>(limits.unit, 3 * limits.statement);
  limits.statement = std::max(configured.statement, std::min(limits.statement, most));
  limits.unit = std::max(configured.unit, std::min<std::chrono::milliseconds>(limits.unit, most));
  return limits;
}

bool is_of_limits(const Error& error) {
  return error.code() == statement_timed_out || error.cause() == ErrorCause::deadline;
}

std::uint64_t rows_thought(const Holdings& holdings, Date date) {
  return std::max(rows_thought(holdings.days("local"), date),
                  rows_thought(holdings.days("vps"), date));
}

TimeLimits DayAllowance::of(Date date, std::uint64_t rows) const {
  const auto found = refusals_.find(date);
  return limits_for(configured_, rows, found == refusals_.end() ? 0 : found->second);
}

Error DayAllowance::failed(Date date, std::uint64_t rows, const Error& error) {
  if (!is_of_limits(error)) return error;
  const bool of_unit = error.cause() == ErrorCause::deadline;
  const auto text = [&](const TimeLimits& limits) {
    return format_duration(of_unit ? std::chrono::ceil<std::chrono::seconds>(limits.unit)
                                   : limits.statement);
  };
  const auto had = text(of(date, rows));
  ++refusals_[date];
  return Error(
      error.error_class(), error.cause(),
      fmt::format("{}; the day was allowed {} ({}), and has {} from now on", error.what(), had,
                  of_unit ? "timeouts.unit" : "timeouts.statement", text(of(date, rows))),
      error.code());
}

}  // namespace consolidador
