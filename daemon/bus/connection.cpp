// SPDX-License-Identifier: MIT
#include "daemon/bus/connection.hpp"

#include <poll.h>

#include <algorithm>

#include "daemon/bus/codec.hpp"
#include "daemon/bus/names.hpp"
#include "daemon/bus/versions.hpp"

namespace consolidador::bus {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_driver_call = 5s;
constexpr auto longest_wait = 1s;  // of the loop, for the bus

}  // namespace

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
  translating([&] { bus::request_name(*connection_, name); });
}

void Connection::release_name(const std::string& name) {
  translating([&] { bus::release_name(*connection_, name); });
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
                                                  Gate& gate) {
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
    auto reply = message.send(static_cast<std::uint64_t>(std::min(limit, longest_call_).count()));
    return read_all(reply);
  });
}

void Connection::ask_driver(const char* method, const Values& arguments,
                            std::function<void(std::optional<Values>)> answer) {
  translating([&] {
    auto message = make_call(*driver_, driver_name, method);
    write_all(message, arguments);
    send_call(*driver_, message, longest_driver_call,
              [answer](sdbus::MethodReply& reply, bool failed) {
                answer(failed ? std::nullopt : std::optional(read_all(reply)));
              });
  });
}

void Connection::subscribe(const std::string& rule,
                           std::function<bool(const std::string& sender)> trusted,
                           std::function<void(const Received&)> handler) {
  const auto receive = [trusted = std::move(trusted),
                        handler = std::move(handler)](sdbus::Message& message) {
    if (!trusted(text(message.getSender()))) return;  // before anything of it is read
    handler({text(message.getPath()), text(message.getInterfaceName()),
             text(message.getMemberName()), read_all(message)});
  };
  translating([&] { add_match(*connection_, rule, receive); });
}

std::string Connection::owner_of(const std::string& name) try {
  const auto answer =
      call(driver_name, driver_path, driver_name, "GetNameOwner", {name}, longest_driver_call);
  return std::get<std::string>(answer.at(0));
} catch (const BusError& error) {
  if (std::string_view(error.name()).ends_with(".NameHasNoOwner")) return {};
  throw;
}

}  // namespace consolidador::bus
