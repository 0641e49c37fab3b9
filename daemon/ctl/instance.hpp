// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/bus/connection.hpp"

namespace consolidador::ctl {

/// No daemon of this branch is on the bus, which itself answers.
class NotRunning : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A daemon on the bus. Everything throws BusError.
class Instance {
 public:
  Instance(bus::Connection& connection, std::int32_t branch_id)
      : connection_(&connection), branch_id_(branch_id) {}

  std::int32_t branch_id() const noexcept { return branch_id_; }
  std::string bus_name() const;

  /// Waits for the answer, half a minute at most.
  bus::Values call(const char* method, const bus::Values& arguments = {}) const;
  /// The same for what asks the databases: several minutes, as others may be before it.
  bus::Dict inquire(const char* method, const bus::Values& arguments) const;
  bus::Dict status() const;
  /// False when there is no such request.
  bool cancel(const bus::ObjectPath& request) const;

 private:
  bus::Connection* connection_;
  std::int32_t branch_id_;
};

/// Those that run, by branch id; `wanted`, an id or a name, leaves only that branch. Throws
/// NotRunning when there is none, UsageError when a name belongs to several.
std::vector<Instance> find_instances(bus::Connection& connection, const std::string& wanted);

}  // namespace consolidador::ctl
