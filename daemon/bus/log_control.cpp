// SPDX-License-Identifier: MIT
#include "daemon/bus/log_control.hpp"

#include <algorithm>
#include <array>

#include "daemon/bus/error.hpp"
#include "daemon/bus/guard.hpp"
#include "daemon/bus/names.hpp"

namespace consolidador::bus {
namespace {

constexpr const char* target = "console";  // stderr, which the journal reads

struct Name {
  std::string_view name;
  log::Level level;
};

// What syslog calls the levels; the first name of each is the one that is told.
constexpr std::array<Name, 8> names{{{"debug", log::Level::debug},
                                     {"info", log::Level::info},
                                     {"notice", log::Level::info},
                                     {"warning", log::Level::warning},
                                     {"err", log::Level::error},
                                     {"crit", log::Level::error},
                                     {"alert", log::Level::error},
                                     {"emerg", log::Level::error}}};

std::string name_of(log::Level level) {
  return std::string(std::ranges::find(names, level, &Name::level)->name);
}

log::Level level_of(const std::string& name) {
  const auto* found = std::ranges::find(names, name, &Name::name);
  if (found == names.end())
    throw BusError(error_invalid_argument,
                   "LogLevel: use debug, info, notice, warning, err, crit, alert or emerg");
  return found->level;
}

void check(uid_t caller) {
  if (!may_command(caller))
    throw BusError(error_access_denied, std::string("only root and members of group ") +
                                            group_of_commanders + " may change the log");
}

}  // namespace

Interface log_control(const LogLevel& level) {
  Interface interface {
    log_control_interface, {}, {}, {}
  };
  const auto set_level = [level](const Value& value, uid_t caller) {
    check(caller);
    const auto wanted = level_of(std::get<std::string>(value));
    level.set(wanted);
    log::info("log level is {} now", log::to_string(wanted));
  };
  const auto set_target = [](const Value& value, uid_t caller) {
    check(caller);
    const auto& wanted = std::get<std::string>(value);
    if (wanted != target && wanted != "auto")
      throw BusError(error_invalid_argument, "LogTarget: it is always console");
  };
  interface.properties = {
      {"LogLevel", "s", Emits::nothing, [level] { return Value(name_of(level.get())); }, set_level},
      {"LogTarget", "s", Emits::nothing, [] { return Value(target); }, set_target},
      {"SyslogIdentifier", "s", Emits::constant, [] { return Value("consolidadord"); }}};
  return interface;
}

}  // namespace consolidador::bus
