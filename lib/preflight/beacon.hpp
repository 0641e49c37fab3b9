// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lib/db/connection.hpp"
#include "lib/preflight/finding.hpp"

namespace consolidador::preflight {

/// Finds a server that is reached in two ways, by name, address, socket or through a proxy: a lock
/// whose name nobody else uses is held in local's servers while the VPS's are asked for it. Nothing
/// is written, and the account needs no right.
class Beacon {
 public:
  explicit Beacon(std::string database);  ///< local's

  /// Takes the lock in one of local's servers, and holds it with the connection. A server that has
  /// no such locks (a node of a Galera cluster) is not recognised again.
  void light(std::unique_ptr<Connection> local);

  /// Says for the place that was last named whether its server is one of local's; `database` is
  /// the VPS's. Throws DbError.
  void look_for(Connection& vps, const std::string& database, Report& report) const;

 private:
  std::string name_;
  std::string database_;
  std::vector<std::unique_ptr<Connection>> holders_;
};

}  // namespace consolidador::preflight
