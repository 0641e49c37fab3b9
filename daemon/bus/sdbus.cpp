// SPDX-License-Identifier: MIT
#include "daemon/bus/sdbus.hpp"

#include <poll.h>
#include <sdbus-c++/sdbus-c++.h>

#include "daemon/bus/names.hpp"
#include "lib/core/log.hpp"

namespace consolidador::bus {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_driver_call = 5s;
constexpr auto longest_wait = 1s;  // of the loop, for the bus

// ---- what differs between the major versions

#if SDBUS_MAJOR >= 2
sdbus::Error error_of(const std::string& name, const std::string& message) {
  return sdbus::Error(sdbus::Error::Name(name), message);
}

std::pair<char, std::string> next_type(const sdbus::Message& message) {
  const auto [type, contents] = message.peekType();
  return {type, contents ? contents : ""};
}

void take_name(sdbus::IConnection& connection, const std::string& name) {
  connection.requestName(sdbus::ServiceName(name));
}

void leave_name(sdbus::IConnection& connection, const std::string& name) {
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

template <typename Handler>
void send_call(sdbus::IProxy& proxy, const sdbus::MethodCall& call, Handler handler) {
  proxy.callMethodAsync(
      call,
      [handler](sdbus::MethodReply reply, std::optional<sdbus::Error> error) {
        handler(reply, error.has_value());
      },
      std::chrono::microseconds(longest_driver_call).count());
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

/// Collects what an object offers and registers it at once.
class Table {
 public:
  Table(sdbus::IObject& object, const char* interface) : object_(object), interface_(interface) {}
  void method(const char* name, std::string in, std::vector<std::string> in_names, std::string out,
              std::vector<std::string> out_names, sdbus::method_callback callback) {
    items_.push_back(sdbus::MethodVTableItem{sdbus::MethodName(name),
                                             sdbus::Signature(std::move(in)),
                                             std::move(in_names),
                                             sdbus::Signature(std::move(out)),
                                             std::move(out_names),
                                             std::move(callback),
                                             {}});
  }
  void signal(const char* name, std::string types, std::vector<std::string> names) {
    items_.push_back(sdbus::SignalVTableItem{
        sdbus::SignalName(name), sdbus::Signature(std::move(types)), std::move(names), {}});
  }
  template <typename Getter, typename Setter>
  void property(const char* name, const char* type, Getter getter, Setter setter, bool writable,
                sdbus::Flags flags) {
    sdbus::PropertyVTableItem item{
        sdbus::PropertyName(name), sdbus::Signature(type), getter, {}, flags};
    if (writable) item.setter = setter;
    items_.push_back(std::move(item));
  }
  void finish() { object_.addVTable(sdbus::InterfaceName(interface_), std::move(items_)); }

 private:
  sdbus::IObject& object_;
  const char* interface_;
  std::vector<sdbus::VTableItem> items_;
};
#else
sdbus::Error error_of(const std::string& name, const std::string& message) {
  return {name, message};
}

std::pair<char, std::string> next_type(const sdbus::Message& message) {
  std::string type;
  std::string contents;
  message.peekType(type, contents);
  return {type.empty() ? '\0' : type.front(), contents};
}

void take_name(sdbus::IConnection& connection, const std::string& name) {
  connection.requestName(name);
}

void leave_name(sdbus::IConnection& connection, const std::string& name) {
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

template <typename Handler>
void send_call(sdbus::IProxy& proxy, const sdbus::MethodCall& call, Handler handler) {
  proxy.callMethod(
      call,
      [handler](sdbus::MethodReply& reply, const sdbus::Error* error) {
        handler(reply, error != nullptr);
      },
      std::chrono::microseconds(longest_driver_call).count());
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

/// Registers what an object offers.
class Table {
 public:
  Table(sdbus::IObject& object, const char* interface) : object_(object), interface_(interface) {}
  void method(const char* name, const std::string& in, const std::vector<std::string>& in_names,
              const std::string& out, const std::vector<std::string>& out_names,
              sdbus::method_callback callback) {
    object_.registerMethod(interface_, name, in, in_names, out, out_names, std::move(callback));
  }
  void signal(const char* name, const std::string& types, const std::vector<std::string>& names) {
    object_.registerSignal(interface_, name, types, names);
  }
  template <typename Getter, typename Setter>
  void property(const char* name, const char* type, Getter getter, Setter setter, bool writable,
                sdbus::Flags flags) {
    if (writable)
      object_.registerProperty(interface_, name, type, getter, setter, flags);
    else
      object_.registerProperty(interface_, name, type, getter, flags);
  }
  void finish() { object_.finishRegistration(); }

 private:
  sdbus::IObject& object_;
  const char* interface_;
};
#endif

// ---- values

void write(sdbus::Message& message, const Value& value);

void write(sdbus::Message& message, const Dict& dict) {
  message.openContainer("{sv}");
  for (const Entry& entry : dict.entries) {
    message.openDictEntry("sv");
    message << entry.key;
    message.openVariant(signature(entry.value));
    write(message, entry.value);
    message.closeVariant();
    message.closeDictEntry();
  }
  message.closeContainer();
}

void write(sdbus::Message& message, const std::vector<Dict>& dicts) {
  message.openContainer("a{sv}");
  for (const Dict& dict : dicts) write(message, dict);
  message.closeContainer();
}

void write(sdbus::Message& message, const ObjectPath& path) {
  message << sdbus::ObjectPath(path.text);
}

template <typename T>
void write(sdbus::Message& message, const T& basic) {
  message << basic;
}

void write(sdbus::Message& message, const Value& value) {
  std::visit([&](const auto& held) { write(message, held); }, value);
}

Value read(sdbus::Message& message);

template <typename As, typename T = As>
Value read_basic(sdbus::Message& message) {
  As value{};
  message >> value;
  return T(value);
}

template <typename T>
Value read_whole(sdbus::Message& message) {
  T value;
  message >> value;
  return value;
}

Dict read_dict(sdbus::Message& message) {
  Dict dict;
  message.enterContainer("{sv}");
  while (message.enterDictEntry("sv")) {
    Entry entry;
    message >> entry.key;
    entry.value = read(message);
    dict.entries.push_back(std::move(entry));
    message.exitDictEntry();
  }
  message.clearFlags();
  message.exitContainer();
  return dict;
}

Value read_dicts(sdbus::Message& message) {
  std::vector<Dict> dicts;
  message.enterContainer("a{sv}");
  while (next_type(message).first != '\0') dicts.push_back(read_dict(message));
  message.exitContainer();
  return dicts;
}

Value read_array(sdbus::Message& message, const std::string& of) {
  if (of == "{sv}") return read_dict(message);
  if (of == "a{sv}") return read_dicts(message);
  if (of == "{st}") return read_whole<Counts>(message);
  if (of == "s") return read_whole<Strings>(message);
  if (of == "u") return read_whole<Numbers>(message);
  if (of == "y") {  // a security label: nothing of ours
    std::vector<std::uint8_t> bytes;
    message >> bytes;
    return std::string();
  }
  throw BusError(error_failed, "an array of " + of + " came over the bus, which nobody expects");
}

Value read_variant(sdbus::Message& message, const std::string& of) {
  // sdbus-c++ 2 takes no string. NOLINTNEXTLINE(readability-redundant-string-cstr)
  message.enterVariant(of.c_str());
  Value value = read(message);
  message.exitVariant();
  return value;
}

Value read(sdbus::Message& message) {
  const auto [type, contents] = next_type(message);
  switch (type) {
    case 'b':
      return read_basic<bool>(message);
    case 'i':
      return read_basic<std::int32_t>(message);
    case 'u':
      return read_basic<std::uint32_t>(message);
    case 'x':
      return read_basic<std::int64_t>(message);
    case 't':
      return read_basic<std::uint64_t>(message);
    case 'd':
      return read_basic<double>(message);
    case 's':
      return read_basic<std::string>(message);
    case 'o': {
      sdbus::ObjectPath path;
      message >> path;
      return ObjectPath{path};
    }
    case 'h': {  // the caller's process, from newer buses: nothing of ours
      sdbus::UnixFd fd;
      message >> fd;
      return false;
    }
    case 'a':
      return read_array(message, contents);
    case 'v':
      return read_variant(message, contents);
    default:
      throw BusError(error_failed, std::string("a value of type ") + type +
                                       " came over the bus, which nobody expects");
  }
}

void write_all(sdbus::Message& message, const Values& values) {
  for (const Value& value : values) write(message, value);
}

Values read_all(sdbus::Message& message) {
  Values values;
  while (next_type(message).first != '\0') values.push_back(read(message));
  return values;
}

/// The getters give a text in version 1 and a pointer, perhaps null, in version 2.
[[maybe_unused]] std::string text(const std::string& value) {
  return value;
}
[[maybe_unused]] std::string text(const char* value) {
  return value ? value : "";
}

// ---- objects

std::string types_of(const Parameters& parameters) {
  std::string types;
  for (const Parameter& parameter : parameters) types += parameter.signature;
  return types;
}

std::vector<std::string> names_of(const Parameters& parameters) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) names.emplace_back(parameter.name);
  return names;
}

void fail(const sdbus::MethodCall& call, const std::string& name, const std::string& message) {
  call.createErrorReply(error_of(name, message)).send();
}

/// The border: whatever a method throws becomes the caller's error.
void answer(sdbus::MethodCall& call, const Method& method, Commander caller) try {
  const Values results = method.run(read_all(call), caller);
  auto reply = call.createReply();
  write_all(reply, results);
  reply.send();
} catch (const BusError& error) {
  fail(call, error.name(), error.what());
} catch (const std::exception& error) {
  log::error("bus: {} failed: {}", method.name, error.what());
  fail(call, error_failed, error.what());
}

void answer_for(Commander caller, sdbus::MethodCall& call, const Method& method) try {
  if (caller || method.access == Access::everybody)
    answer(call, method, caller);
  else
    fail(call, error_access_denied,
         std::string(method.name) + ": only root and members of group " + group_of_commanders +
             " may command");
} catch (const std::exception& error) {  // the connection is lost: there is nobody to tell
  log::debug("bus: no answer to {}: {}", method.name, error.what());
}

sdbus::method_callback handler_of(const Method& method, const Gate& gate) {
  return [method, gate](sdbus::MethodCall call) {
    if (method.access == Access::everybody) return answer_for({}, call, method);
    gate(text(call.getSender()), [method, call](Commander caller) {
      auto copy = call;
      answer_for(caller, copy, method);
    });
  };
}

sdbus::Flags flags_of(Emits emits) {
  sdbus::Flags flags;
  flags.set(emits == Emits::constant  ? sdbus::Flags::CONST_PROPERTY_VALUE
            : emits == Emits::changes ? sdbus::Flags::EMITS_CHANGE_SIGNAL
                                      : sdbus::Flags::EMITS_NO_SIGNAL);
  return flags;
}

template <typename Action>
void answer_property(const char* name, Action action) try {
  action();
} catch (const BusError& error) {
  throw error_of(error.name(), error.what());
} catch (const sdbus::Error&) {
  throw;
} catch (const std::exception& error) {
  log::error("bus: property {} failed: {}", name, error.what());
  throw error_of(error_failed, error.what());
}

void add_property(Table& table, const Property& property) {
  const auto getter = [property](sdbus::PropertyGetReply& reply) {
    answer_property(property.name, [&] { write(reply, property.get()); });
  };
  // Who calls is asked of the bus and waited for (there is no later answer to a Set): at most
  // longest_wait, and the bus policy lets only root and the group come so far.
  const auto setter = [property](auto&& message) {
    answer_property(property.name, [&] { property.set(read(message), message.getCredsEuid()); });
  };
  table.property(property.name, property.signature, getter, setter, static_cast<bool>(property.set),
                 flags_of(property.emits));
}

template <typename Function>
auto translating(Function function) try {
  return function();
} catch (const sdbus::Error& error) {
  throw BusError(error.getName(), error.getMessage());
}

}  // namespace

Object::Object(sdbus::IConnection& connection, const std::string& path, Interface interface,
               const Gate& gate)
    : interface_(std::move(interface)), object_(make_object(connection, path)) {
  Table table(*object_, interface_.name);
  for (const Method& method : interface_.methods)
    table.method(method.name, types_of(method.in), names_of(method.in), types_of(method.out),
                 names_of(method.out), handler_of(method, gate));
  for (const Property& property : interface_.properties) add_property(table, property);
  for (const Signal& signal : interface_.signals)
    table.signal(signal.name, types_of(signal.parameters), names_of(signal.parameters));
  table.finish();
}

Object::~Object() = default;

void Object::emit(const char* signal, const Values& arguments) {
  translating([&] {
    auto message = make_signal(*object_, interface_.name, signal);
    write_all(message, arguments);
    object_->emitSignal(message);
  });
}

void Object::properties_changed(const std::vector<std::string>& names) {
  translating([&] { emit_changes(*object_, interface_.name, names); });
}

Connection::Connection(BusKind kind) {
  translating([&] {
    connection_ = kind == BusKind::system ? sdbus::createSystemBusConnection()
                                          : sdbus::createSessionBusConnection();
    connection_->setMethodCallTimeout(longest_wait);
    driver_ = make_proxy(*connection_, driver_name, driver_path);
  });
}

Connection::~Connection() = default;

void Connection::request_name(const std::string& name) {
  translating([&] { take_name(*connection_, name); });
}

void Connection::release_name(const std::string& name) {
  translating([&] { leave_name(*connection_, name); });
}

Connection::Poll Connection::poll() const {
  return translating([&] {
    const auto data = connection_->getEventLoopPollData();
    Poll poll{data.fd, (data.events & POLLIN) != 0, (data.events & POLLOUT) != 0, {}};
    if (const int timeout = data.getPollTimeout(); timeout >= 0)
      poll.timeout = std::chrono::milliseconds(timeout);
    return poll;
  });
}

bool Connection::process() {
  return translating([&] { return process_one(*connection_); });
}

std::unique_ptr<Object> Connection::export_object(const std::string& path, Interface interface,
                                                  const Gate& gate) {
  return translating(
      [&] { return std::make_unique<Object>(*connection_, path, std::move(interface), gate); });
}

Values Connection::call(const std::string& destination, const std::string& path,
                        const char* interface, const char* method, const Values& arguments,
                        std::chrono::microseconds limit) {
  return translating([&] {
    const auto proxy = make_proxy(*connection_, destination, path);
    auto message = make_call(*proxy, interface, method);
    write_all(message, arguments);
    auto reply = message.send(static_cast<std::uint64_t>(limit.count()));
    return read_all(reply);
  });
}

void Connection::ask_driver(const char* method, const Values& arguments,
                            std::function<void(std::optional<Values>)> answer) {
  translating([&] {
    auto message = make_call(*driver_, driver_name, method);
    write_all(message, arguments);
    send_call(*driver_, message, [answer](sdbus::MethodReply& reply, bool failed) {
      answer(failed ? std::nullopt : std::optional(read_all(reply)));
    });
  });
}

void Connection::subscribe(const std::string& rule, std::function<void(const Received&)> handler) {
  const auto receive = [handler = std::move(handler)](sdbus::Message& message) {
    handler({text(message.getPath()), text(message.getInterfaceName()),
             text(message.getMemberName()), read_all(message)});
  };
  translating([&] { add_match(*connection_, rule, receive); });
}

}  // namespace consolidador::bus
