// SPDX-License-Identifier: MIT
#include "lib/sync/clock_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "lib/core/duration.hpp"

namespace consolidador {

using namespace std::chrono;

namespace {

constexpr const char* remedy = "nothing is written until that is so no longer; here: timedatectl";

std::string sales_to_come(const std::string& who, Date date, const ClockWatch::Here& here,
                          const std::string& next_step) {
  return fmt::format(
      "{} sales of {}, and it is {} here: a clock is wrong, or branch.time_zone, or that date; {}, "
      "{}",
      who, to_string(date), to_string(here.today), remedy, next_step);
}

}  // namespace

void ClockWatch::heard(const std::string& server, Instant theirs, nanoseconds up_for) {
  servers_[server] = {theirs, up_for};
}

ClockWatch::Here ClockWatch::here(Date today, const std::function<Instant(Date)>& end_of) {
  const auto now = system_clock::now();
  const auto left = end_of ? end_of(today) - now : Instant::duration::max();
  const bool ends_soon = left > Instant::duration::zero() && left <= tolerance;
  return {now, time_since_boot(), today, today + days(ends_soon ? 1 : 0)};
}

std::optional<std::string> ClockWatch::doubt(const Here& here, const std::optional<Newest>& newest,
                                             const std::optional<Awaited>& awaited) const {
  const Date latest = std::max(here.today, here.soon);
  if (newest && newest->date > latest)
    return sales_to_come(
        newest->target + " has", newest->date, here,
        fmt::format("or, only where this clock is right and that day is wrong there, take it "
                    "out of {}",
                    newest->target));
  if (ahead_ && *ahead_ > latest)
    return sales_to_come("the POS has", *ahead_, here, "or correct the sale's date in the POS");
  for (const auto& [name, heard] : servers_) {
    const auto theirs = heard.theirs + duration_cast<Instant::duration>(here.up_for - heard.up_for);
    const auto apart = duration_cast<seconds>(here.now - theirs);
    if (abs(apart) > tolerance)
      return fmt::format("it is {} here and {} in {}, {} apart; {}", to_utc_string(here.now),
                         to_utc_string(theirs), name, spell_duration(abs(apart)), remedy);
  }
  if (awaited && here.today - awaited->found > longest_break)
    return fmt::format("it is {} here, and the newest sales are of {}: {} has to confirm it; {}",
                       to_string(here.today), to_string(awaited->found), awaited->server, remedy);
  return std::nullopt;
}

nanoseconds time_since_boot() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace consolidador
