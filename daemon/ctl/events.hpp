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
/// comes. Made before a request, so that none is missed. Only what the owner of the daemon's name
/// has sent counts: anybody may address a signal to us.
class Events {
 public:
  using Clock = std::chrono::steady_clock;

  Events(bus::Connection& connection, const std::string& bus_name);

  /// The next; nothing when none has come until then. Throws BusError when the bus is lost.
  std::optional<bus::Received> next(Clock::time_point deadline);

 private:
  void hear_of_owner(const std::string& bus_name);
  void wait(Clock::time_point deadline);

  bus::Connection& connection_;
  struct Heard {
    std::string owner;  ///< of the name; empty: nobody
    std::deque<bus::Received> queue;
  };
  // Shared with the subscriptions, which last as long as the connection.
  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
};

/// Whether it says that the daemon has left the bus.
bool is_farewell(const bus::Received& event);

}  // namespace consolidador::ctl
