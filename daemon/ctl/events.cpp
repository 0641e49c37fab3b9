// SPDX-License-Identifier: MIT
#include "daemon/ctl/events.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "daemon/bus/names.hpp"

namespace consolidador::ctl {

using std::chrono::ceil;
using std::chrono::milliseconds;

Events::Events(bus::Connection& connection, const std::string& bus_name) : connection_(connection) {
  hear_of_owner(bus_name);
  connection.subscribe(
      fmt::format("type='signal',sender='{}',path_namespace='{}'", bus_name, bus::manager_path),
      [heard = heard_](const std::string& sender) { return sender == heard->owner; },
      [heard = heard_](const bus::Received& event) { heard->queue.push_back(event); });
  heard_->owner = connection.owner_of(bus_name);  // changes that come meanwhile are heard later
}

/// The bus is the only sender that nobody else can pretend to be.
void Events::hear_of_owner(const std::string& bus_name) {
  const auto note = [heard = heard_, bus_name](const bus::Received& event) {
    if (event.arguments.size() != 3 || event.arguments[0] != bus::Value(bus_name)) return;
    heard->owner = std::get<std::string>(event.arguments[2]);
    heard->queue.push_back(event);
  };
  connection_.subscribe(
      fmt::format("type='signal',sender='{0}',member='NameOwnerChanged',arg0='{1}'",
                  bus::driver_name, bus_name),
      [](const std::string& sender) { return sender == bus::driver_name; }, note);
}

std::optional<bus::Received> Events::next(Clock::time_point deadline) {
  while (true) {
    while (heard_->queue.empty() && connection_.process()) {
    }
    if (!heard_->queue.empty()) {
      auto event = std::move(heard_->queue.front());
      heard_->queue.pop_front();
      return event;
    }
    if (Clock::now() >= deadline) return std::nullopt;
    wait(deadline);
  }
}

void Events::wait(Clock::time_point deadline) {
  const auto poll = connection_.poll();
  auto limit = ceil<milliseconds>(deadline - Clock::now());
  if (poll.timeout) limit = std::min(limit, *poll.timeout);
  const auto events = static_cast<short>((poll.read ? POLLIN : 0) | (poll.write ? POLLOUT : 0));
  pollfd fd{poll.fd, events, 0};
  constexpr milliseconds longest{60'000};
  ::poll(&fd, 1, static_cast<int>(std::clamp(limit, milliseconds(0), longest).count()));
}

bool is_farewell(const bus::Received& event) {
  return event.member == "NameOwnerChanged" && event.arguments.size() == 3 &&
         event.arguments[2] == bus::Value(std::string());
}

}  // namespace consolidador::ctl
