// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "daemon/bus/interface.hpp"
#include "lib/core/log.hpp"

namespace consolidador::bus {

/// The level of the running process: until the next reload or restart.
struct LogLevel {
  std::function<log::Level()> get;
  std::function<void(log::Level)> set;
};

/// org.freedesktop.LogControl1, for `systemctl service-log-level`.
Interface log_control(const LogLevel& level);

}  // namespace consolidador::bus
