// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/bus/interface.hpp"
#include "daemon/bus/value.hpp"

namespace sdbus {
class IConnection;
class IObject;
}  // namespace sdbus

namespace consolidador::bus {

struct WaitingCalls;

/// Which user a caller is, by its unique name, or nothing when he may not command; the answer may
/// come later.
using Gate = std::function<void(const std::string& sender, std::function<void(Commander)> answer)>;

/// A path with its interfaces; gone from the bus when destroyed. Calls that wait for their answer
/// end with it.
class Object {
 public:
  Object(sdbus::IConnection& connection, const std::string& path, Interface interface,
         const Gate& gate);
  ~Object();
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  /// Queued, never blocks. Throws BusError when the connection is lost.
  void emit(const char* signal, const Values& arguments);
  void properties_changed(const std::vector<std::string>& names);

 private:
  Interface interface_;
  std::shared_ptr<WaitingCalls> waiting_;
  std::unique_ptr<sdbus::IObject> object_;
};

}  // namespace consolidador::bus
