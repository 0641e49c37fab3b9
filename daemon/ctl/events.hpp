// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "daemon/bus/connection.hpp"

namespace consolidador::ctl {

/// The signals of one daemon, from now on, in their order; and NameOwnerChanged when it goes or
/// comes. Made before a request, so that none is missed.
class Events {
 public:
  using Clock = std::chrono::steady_clock;

  Events(bus::Connection& connection, const std::string& bus_name);

  /// The next; nothing when none has come until then. Throws BusError when the bus is lost.
  std::optional<bus::Received> next(Clock::time_point deadline);

 private:
  void wait(Clock::time_point deadline);

  bus::Connection& connection_;
  // Shared with the subscriptions, which last as long as the connection.
  std::shared_ptr<std::deque<bus::Received>> queue_ = std::make_shared<std::deque<bus::Received>>();
};

/// Whether it says that the daemon has left the bus.
bool is_farewell(const bus::Received& event);

}  // namespace consolidador::ctl
