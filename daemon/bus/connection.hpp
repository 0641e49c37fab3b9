// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/bus/error.hpp"
#include "daemon/bus/interface.hpp"
#include "daemon/bus/object.hpp"
#include "daemon/bus/value.hpp"

namespace sdbus {
class IConnection;
class IProxy;
}  // namespace sdbus

namespace consolidador::bus {

enum class BusKind { system, session };

/// A signal that came in.
struct Received {
  std::string path;
  std::string interface;
  std::string member;
  Values arguments;
};

/// One connection to a bus; whoever owns it drives it: wait as poll() says, then process(). One
/// thread at a time. Everything throws BusError.
class Connection {
 public:
  /// Blocks, on a bus that hangs for long. DBUS_SYSTEM_BUS_ADDRESS and DBUS_SESSION_BUS_ADDRESS
  /// hold as everywhere.
  explicit Connection(BusKind kind);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void request_name(const std::string& name);  ///< blocks
  void release_name(const std::string& name);  ///< blocks

  struct Poll {
    int fd;
    bool read;
    bool write;
    std::optional<std::chrono::milliseconds> timeout;  ///< nothing: no limit
  };
  Poll poll() const;
  /// Handles one message; false when none was there.
  bool process();

  std::unique_ptr<Object> export_object(const std::string& path, Interface interface, Gate& gate);

  /// From now on no call waits longer for its answer.
  void limit_calls(std::chrono::microseconds limit) { longest_call_ = limit; }

  /// Waits for the answer, at most so long.
  Values call(const std::string& destination, const std::string& path, const char* interface,
              const char* method, const Values& arguments, std::chrono::microseconds limit);

  /// Asks the bus itself; the answer (nothing when it failed) comes in a later process().
  void ask_driver(const char* method, const Values& arguments,
                  std::function<void(std::optional<Values>)> answer);

  /// From now on, signals that match the rule and whose sender, a unique name or the bus itself, is
  /// trusted; until the connection ends. The rule alone keeps nobody away: whoever addresses a
  /// signal to us goes past the bus's matching, and a well-known name as its sender says nothing
  /// then. Blocks.
  void subscribe(const std::string& rule, std::function<bool(const std::string& sender)> trusted,
                 std::function<void(const Received&)> handler);

  /// The unique name that owns `name`; empty: nobody does. Blocks.
  std::string owner_of(const std::string& name);

 private:
  std::unique_ptr<sdbus::IConnection> connection_;
  std::unique_ptr<sdbus::IProxy> driver_;
  std::chrono::microseconds longest_call_ = std::chrono::microseconds::max();
};

}  // namespace consolidador::bus
