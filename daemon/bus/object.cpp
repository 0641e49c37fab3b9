// SPDX-License-Identifier: MIT
#include "daemon/bus/object.hpp"

#include <map>

#include "daemon/bus/codec.hpp"
#include "daemon/bus/names.hpp"
#include "daemon/bus/versions.hpp"
#include "lib/core/log.hpp"

namespace consolidador::bus {
namespace {

void fail(const sdbus::MethodCall& call, const std::string& name, const std::string& message) {
  call.createErrorReply(error_of(name, message)).send();
}

/// Is told how many bytes an answer has come to; nobody, for those who command.
using Counter = std::function<void(std::size_t bytes)>;

/// The border: whatever a method throws becomes the caller's error.
void answer(sdbus::MethodCall& call, const char* name, const std::function<Values()>& result,
            const Counter& counter) try {
  const Values results = result();
  if (counter) counter(weight_of(results));
  auto reply = call.createReply();
  write_all(reply, results);
  reply.send();
} catch (const BusError& error) {
  fail(call, error.name(), error.what());
} catch (const std::exception& error) {
  log::error("bus: {} failed: {}", name, error.what());
  fail(call, error_failed, error.what());
}

void answer_somebody(sdbus::MethodCall& call, const char* name,
                     const std::function<Values()>& result, const Counter& counter) try {
  answer(call, name, result, counter);
} catch (const std::exception& error) {  // the connection is lost: there is nobody to tell
  log::debug("bus: no answer to {}: {}", name, error.what());
}

}  // namespace

/// Calls that wait for their answer; none may outlive the connection.
struct WaitingCalls {
  std::map<std::uint64_t, sdbus::MethodCall> calls;
  std::uint64_t last = 0;
};

namespace {

Reply reply_to(std::uint64_t id, const char* name, const std::weak_ptr<WaitingCalls>& waiting,
               const Counter& counter) {
  return [=](const std::function<Values()>& result) {
    const auto all = waiting.lock();
    auto call = all ? all->calls.extract(id) : decltype(all->calls.extract(id))();
    if (call) answer_somebody(call.mapped(), name, result, counter);
  };
}

/// What fails at once is answered at once.
void begin(const sdbus::MethodCall& call, const Method& method, Commander caller,
           const std::shared_ptr<WaitingCalls>& waiting, const Counter& counter) {
  const auto id = ++waiting->last;
  waiting->calls.emplace(id, call);
  const Reply reply = reply_to(id, method.name, waiting, counter);
  try {
    auto copy = call;
    method.begin(read_all(copy), caller, reply);
  } catch (const std::exception&) {
    reply([]() -> Values { throw; });
  }
}

void answer_for(Commander caller, sdbus::MethodCall& call, const Method& method,
                const std::shared_ptr<WaitingCalls>& waiting, const Counter& counter) {
  if (method.begin) return begin(call, method, caller, waiting, counter);
  answer_somebody(
      call, method.name, [&] { return method.run(read_all(call), caller); }, counter);
}

/// Who does not command: he may not, or has asked too much.
BusError refusal(const Method& method) {
  if (method.access == Access::everybody)
    return {error_limits_exceeded,
            std::string(method.name) + ": too many questions; ask again in some seconds"};
  return {error_access_denied, std::string(method.name) + ": only root and members of group " +
                                   group_of_commanders + " may command"};
}

void run_for_caller(Gate& gate, const Method& method, sdbus::MethodCall call,
                    const std::shared_ptr<WaitingCalls>& waiting) {
  const auto sender = text(call.getSender());
  const bool is_long = method.may_be_long;
  if (method.access == Access::everybody && gate.has_room(sender, is_long))
    return answer_for({}, call, method, waiting, [&gate, sender, is_long](std::size_t bytes) {
      gate.count(sender, is_long, bytes);
    });
  gate.ask(sender, [method, call, waiting](Commander caller) {
    auto copy = call;
    if (caller) return answer_for(caller, copy, method, waiting, {});
    answer_somebody(copy, method.name, [&]() -> Values { throw refusal(method); }, {});
  });
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

void get_property(const Property& property, sdbus::Message& reply) {
  answer_property(property.name, [&] { write(reply, property.get()); });
}

/// Who calls is asked of the bus and waited for (there is no later answer to a Set): at most as
/// long as the connection waits, and the bus policy lets only root and the group come so far.
void set_property(const Property& property, sdbus::Message& call) {
  answer_property(property.name, [&] { property.set(read(call), call.getCredsEuid()); });
}

}  // namespace

Object::Object(sdbus::IConnection& connection, const std::string& path, Interface interface,
               Gate& gate)
    : interface_(std::move(interface)),
      waiting_(std::make_shared<WaitingCalls>()),
      object_(make_object(connection, path)) {
  const auto run = [&gate, waiting = waiting_](const Method& method, sdbus::MethodCall call) {
    run_for_caller(gate, method, std::move(call), waiting);
  };
  offer(*object_, interface_, {run, get_property, set_property});
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

}  // namespace consolidador::bus
