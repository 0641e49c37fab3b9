// SPDX-License-Identifier: MIT
#include "daemon/bus/versions.hpp"

namespace consolidador::bus {
namespace {

sdbus::PropertyVTableItem item_of(const Property& property, const Callbacks& callbacks) {
  sdbus::PropertyVTableItem item{
      sdbus::PropertyName(property.name),
      sdbus::Signature(property.signature),
      [get = callbacks.get, property](sdbus::PropertyGetReply& reply) { get(property, reply); },
      {},
      flags_of(property.emits)};
  if (property.set)
    item.setter = [set = callbacks.set, property](sdbus::PropertySetCall call) {
      set(property, call);
    };
  return item;
}

}  // namespace

sdbus::Error error_of(const std::string& name, const std::string& message) {
  return sdbus::Error(sdbus::Error::Name(name), message);
}

std::pair<char, std::string> next_type(const sdbus::Message& message) {
  const auto [type, contents] = message.peekType();
  return {type, contents ? contents : ""};
}

void request_name(sdbus::IConnection& connection, const std::string& name) {
  connection.requestName(sdbus::ServiceName(name));
}

void release_name(sdbus::IConnection& connection, const std::string& name) {
  connection.releaseName(sdbus::ServiceName(name));
}

std::unique_ptr<sdbus::IObject> make_object(sdbus::IConnection& connection,
                                            const std::string& path) {
  return sdbus::createObject(connection, sdbus::ObjectPath(path));
}

std::unique_ptr<sdbus::IProxy> make_proxy(sdbus::IConnection& connection,
                                          const std::string& destination, const std::string& path) {
  return sdbus::createProxy(connection, sdbus::ServiceName(destination), sdbus::ObjectPath(path));
}

sdbus::MethodCall make_call(sdbus::IProxy& proxy, const char* interface, const char* method) {
  return proxy.createMethodCall(sdbus::InterfaceName(interface), sdbus::MethodName(method));
}

void send_call(sdbus::IProxy& proxy, const sdbus::MethodCall& call, std::chrono::microseconds limit,
               std::function<void(sdbus::MethodReply& reply, bool failed)> handler) {
  proxy.callMethodAsync(
      call,
      [handler](sdbus::MethodReply reply, std::optional<sdbus::Error> error) {
        handler(reply, error.has_value());
      },
      static_cast<std::uint64_t>(limit.count()));
}

sdbus::Signal make_signal(sdbus::IObject& object, const char* interface, const char* signal) {
  return object.createSignal(sdbus::InterfaceName(interface), sdbus::SignalName(signal));
}

void emit_changes(sdbus::IObject& object, const char* interface,
                  const std::vector<std::string>& names) {
  std::vector<sdbus::PropertyName> typed(names.begin(), names.end());
  object.emitPropertiesChangedSignal(sdbus::InterfaceName(interface), typed);
}

bool process_one(sdbus::IConnection& connection) {
  return connection.processPendingEvent();
}

void add_match(sdbus::IConnection& connection, const std::string& rule,
               std::function<void(sdbus::Message&)> handler) {
  connection.addMatch(rule, [handler](sdbus::Message message) { handler(message); });
}

void offer(sdbus::IObject& object, const Interface& interface, const Callbacks& callbacks) {
  std::vector<sdbus::VTableItem> items;
  for (const Method& method : interface.methods)
    items.emplace_back(sdbus::MethodVTableItem{
        sdbus::MethodName(method.name),
        sdbus::Signature(types_of(method.in)),
        names_of(method.in),
        sdbus::Signature(types_of(method.out)),
        names_of(method.out),
        [run = callbacks.run, method](sdbus::MethodCall call) { run(method, call); },
        {}});
  for (const Property& property : interface.properties)
    items.emplace_back(item_of(property, callbacks));
  for (const Signal& signal : interface.signals)
    items.emplace_back(sdbus::SignalVTableItem{sdbus::SignalName(signal.name),
                                               sdbus::Signature(types_of(signal.parameters)),
                                               names_of(signal.parameters),
                                               {}});
  object.addVTable(sdbus::InterfaceName(interface.name), std::move(items));
}

}  // namespace consolidador::bus
