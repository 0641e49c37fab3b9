// SPDX-License-Identifier: MIT
#pragma once
#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/bus/error.hpp"
#include "daemon/bus/interface.hpp"

namespace consolidador::bus {

// What differs between the major versions of sdbus-c++: versions_1.cpp is for Debian 12,
// versions_2.cpp for Debian 13, and the build takes one of them. Only codec, object and connection
// may include this. Everything throws sdbus::Error.

sdbus::Error error_of(const std::string& name, const std::string& message);

/// The type of the message's next value, and what a container contains; '\0' at the end.
std::pair<char, std::string> next_type(const sdbus::Message& message);

void request_name(sdbus::IConnection& connection, const std::string& name);
void release_name(sdbus::IConnection& connection, const std::string& name);

std::unique_ptr<sdbus::IObject> make_object(sdbus::IConnection& connection,
                                            const std::string& path);
std::unique_ptr<sdbus::IProxy> make_proxy(sdbus::IConnection& connection,
                                          const std::string& destination, const std::string& path);

sdbus::MethodCall make_call(sdbus::IProxy& proxy, const char* interface, const char* method);
/// The handler is called once, in a later process_one(), at the latest when `limit` has passed.
void send_call(sdbus::IProxy& proxy, const sdbus::MethodCall& call, std::chrono::microseconds limit,
               std::function<void(sdbus::MethodReply& reply, bool failed)> handler);

sdbus::Signal make_signal(sdbus::IObject& object, const char* interface, const char* signal);
void emit_changes(sdbus::IObject& object, const char* interface,
                  const std::vector<std::string>& names);

/// Handles one message; false when none was there.
bool process_one(sdbus::IConnection& connection);

/// Holds until the connection ends.
void add_match(sdbus::IConnection& connection, const std::string& rule,
               std::function<void(sdbus::Message&)> handler);

/// What answers when a member of an interface is called.
struct Callbacks {
  std::function<void(const Method&, sdbus::MethodCall call)> run;
  std::function<void(const Property&, sdbus::Message& reply)> get;
  std::function<void(const Property&, sdbus::Message& call)> set;
};

/// Registers all members of the interface, once for each object.
void offer(sdbus::IObject& object, const Interface& interface, const Callbacks& callbacks);

inline sdbus::Flags flags_of(Emits emits) {
  sdbus::Flags flags;
  flags.set(emits == Emits::constant  ? sdbus::Flags::CONST_PROPERTY_VALUE
            : emits == Emits::changes ? sdbus::Flags::EMITS_CHANGE_SIGNAL
                                      : sdbus::Flags::EMITS_NO_SIGNAL);
  return flags;
}

/// The library's getters give a text in version 1, and a pointer, perhaps null, in version 2.
inline std::string text(const std::string& value) {
  return value;
}
inline std::string text(const char* value) {
  return value ? value : "";
}

/// What the function returns; the library's error becomes a BusError.
template <typename Function>
auto translating(Function function) try {
  return function();
} catch (const sdbus::Error& error) {
  throw BusError(error.getName(), error.getMessage());
}

}  // namespace consolidador::bus
