// SPDX-License-Identifier: MIT
#include "lib/sync/clock_watch.hpp"

#include <fmt/format.h>

#include <ctime>

#include "lib/core/duration.hpp"

namespace consolidador {

using namespace std::chrono;

namespace {

constexpr const char* remedy = "nothing is written until that is so no longer; here: timedatectl";

}  // namespace

void ClockWatch::heard(const std::string& server, Instant theirs, nanoseconds up_for) {
  servers_[server] = {theirs, up_for};
}

void ClockWatch::heard_of_tomorrow(Date today, bool has_sales) {
  ahead_ = has_sales ? std::optional(today + days(1)) : std::nullopt;
}

std::optional<std::string> ClockWatch::doubt(const Here& here, std::optional<Date> newest,
                                             const std::optional<Awaited>& awaited) const {
  if (newest && *newest > here.today)
    return fmt::format("the targets have sales of {}, and it is {} here: a clock is wrong; {}",
                       to_string(*newest), to_string(here.today), remedy);
  if (ahead_ && *ahead_ > here.today)
    return fmt::format("the POS has sales of {}, and it is {} here: a clock is wrong; {}",
                       to_string(*ahead_), to_string(here.today), remedy);
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
