// SPDX-License-Identifier: MIT
#include "daemon/bus/versions.hpp"

namespace consolidador::bus {
namespace {

void offer_property(sdbus::IObject& object, const char* interface, const Property& property,
                    const Callbacks& callbacks) {
  const auto get = [get = callbacks.get, property](sdbus::PropertyGetReply& reply) {
    get(property, reply);
  };
  const auto set = [set = callbacks.set, property](sdbus::PropertySetCall& call) {
    set(property, call);
  };
  if (property.set)
    object.registerProperty(interface, property.name, property.signature, get, set,
                            flags_of(property.emits));
  else
    object.registerProperty(interface, property.name, property.signature, get,
                            flags_of(property.emits));
}

}  // namespace

sdbus::Error error_of(const std::string& name, const std::string& message) {
  return {name, message};
}

std::pair<char, std::string> next_type(const sdbus::Message& message) {
  std::string type;
  std::string contents;
  message.peekType(type, contents);
  return {type.empty() ? '\0' : type.front(), contents};
}

void request_name(sdbus::IConnection& connection, const std::string& name) {
  connection.requestName(name);
}

void release_name(sdbus::IConnection& connection, const std::string& name) {
  connection.releaseName(name);
}

std::unique_ptr<sdbus::IObject> make_object(sdbus::IConnection& connection,
                                            const std::string& path) {
  return sdbus::createObject(connection, path);
}

std::unique_ptr<sdbus::IProxy> make_proxy(sdbus::IConnection& connection,
                                          const std::string& destination, const std::string& path) {
  return sdbus::createProxy(connection, destination, path);
}

sdbus::MethodCall make_call(sdbus::IProxy& proxy, const char* interface, const char* method) {
  return proxy.createMethodCall(interface, method);
}

void send_call(sdbus::IProxy& proxy, const sdbus::MethodCall& call, std::chrono::microseconds limit,
               std::function<void(sdbus::MethodReply& reply, bool failed)> handler) {
  proxy.callMethod(
      call,
      [handler](sdbus::MethodReply& reply, const sdbus::Error* error) {
        handler(reply, error != nullptr);
      },
      static_cast<std::uint64_t>(limit.count()));
}

sdbus::Signal make_signal(sdbus::IObject& object, const char* interface, const char* signal) {
  return object.createSignal(interface, signal);
}

void emit_changes(sdbus::IObject& object, const char* interface,
                  const std::vector<std::string>& names) {
  object.emitPropertiesChangedSignal(interface, names);
}

bool process_one(sdbus::IConnection& connection) {
  return connection.processPendingRequest();
}

void add_match(sdbus::IConnection& connection, const std::string& rule,
               std::function<void(sdbus::Message&)> handler) {
  connection.addMatch(rule, std::move(handler), sdbus::floating_slot);
}

void offer(sdbus::IObject& object, const Interface& interface, const Callbacks& callbacks) {
  for (const Method& method : interface.methods)
    object.registerMethod(
        interface.name, method.name, types_of(method.in), names_of(method.in), types_of(method.out),
        names_of(method.out),
        [run = callbacks.run, method](sdbus::MethodCall call) { run(method, call); });
  for (const Property& property : interface.properties)
    offer_property(object, interface.name, property, callbacks);
  for (const Signal& signal : interface.signals)
    object.registerSignal(interface.name, signal.name, types_of(signal.parameters),
                          names_of(signal.parameters));
  object.finishRegistration();
}

}  // namespace consolidador::bus
