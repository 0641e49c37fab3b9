// SPDX-License-Identifier: MIT
#include "lib/core/time_zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

const date::time_zone* locate(const std::string& name) try {
  return name.empty() ? date::current_zone() : date::locate_zone(name);
} catch (const std::exception&) {
  throw ConfigError(fmt::format(
      "time zone '{}' is unknown on this machine; use a name of `timedatectl list-timezones`",
      name.empty() ? "(the machine's own)" : name));
}

const date::time_zone& as_zone(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

}  // namespace

TimeZone::TimeZone(const std::string& name) : name_(name), zone_(locate(name)) {
  name_ = as_zone(zone_).name();
}

Date TimeZone::date_at(std::chrono::system_clock::time_point instant) const {
  const auto local = as_zone(zone_).to_local(instant);
  return Date(std::chrono::floor<std::chrono::days>(local.time_since_epoch()));
}

std::chrono::seconds TimeZone::time_of_day_at(std::chrono::system_clock::time_point instant) const {
  const auto local = as_zone(zone_).to_local(instant);
  return std::chrono::floor<std::chrono::seconds>(local -
                                                  std::chrono::floor<std::chrono::days>(local));
}

std::chrono::system_clock::time_point TimeZone::instant_at(Date date,
                                                           std::chrono::seconds time_of_day) const {
  const date::local_seconds local(date.time_since_epoch() + time_of_day);
  return as_zone(zone_).to_sys(local, date::choose::earliest);
}

}  // namespace consolidador
