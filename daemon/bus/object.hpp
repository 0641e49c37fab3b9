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

/// Who may do what, by the callers' unique names. Outlives the objects.
class Gate {
 public:
  virtual ~Gate() = default;
  /// Which user a caller is, or nothing when he may not command; the answer may come later.
  virtual void ask(const std::string& sender, std::function<void(Commander)> answer) = 0;
  /// Whether a caller is answered now, even if he does not command; `may_be_long`: the method's.
  virtual bool has_room(const std::string& sender, bool may_be_long) = 0;
  /// He was, with so many bytes.
  virtual void count(const std::string& sender, bool may_be_long, std::size_t bytes) = 0;
};

/// A path with its interfaces; gone from the bus when destroyed. Calls that wait for their answer
/// end with it.
class Object {
 public:
  Object(sdbus::IConnection& connection, const std::string& path, Interface interface, Gate& gate);
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
