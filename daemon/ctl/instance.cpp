// SPDX-License-Identifier: MIT
#include "daemon/ctl/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/bus/names.hpp"
#include "daemon/ctl/command_line.hpp"

namespace consolidador::ctl {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_answer = 30s;
// Some that the service answers one after the other, each within 120 s, may wait before it.
constexpr auto longest_inquiry = 10min;

std::optional<std::int32_t> parse_id(std::string_view text) {
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(id) : std::nullopt;
}

std::vector<Instance> running(bus::Connection& connection) {
  const std::string prefix = bus::name_prefix;
  const auto answer = connection.call(bus::driver_name, bus::driver_path, bus::driver_name,
                                      "ListNames", {}, longest_answer);
  std::vector<Instance> instances;
  for (const auto& name : std::get<bus::Strings>(answer.at(0)))
    if (name.starts_with(prefix))
      if (const auto id = parse_id(name.substr(prefix.size())))
        instances.emplace_back(connection, *id);
  std::ranges::sort(instances, {}, &Instance::branch_id);
  return instances;
}

bool is_called(const Instance& instance, const std::string& wanted) {
  if (const auto id = parse_id(wanted)) return instance.branch_id() == *id;
  return bus::get<std::string>(instance.status(), "BranchName") == wanted;
}

}  // namespace

std::string Instance::bus_name() const {
  return bus::name_of_branch(branch_id_);
}

bus::Values Instance::call(const char* method, const bus::Values& arguments) const {
  return connection_->call(bus_name(), bus::manager_path, bus::manager_interface, method, arguments,
                           longest_answer);
}

bus::Dict Instance::inquire(const char* method, const bus::Values& arguments) const {
  const auto answer = connection_->call(bus_name(), bus::manager_path, bus::manager_interface,
                                        method, arguments, longest_inquiry);
  return std::get<bus::Dict>(answer.at(0));
}

bus::Dict Instance::status() const {
  return std::get<bus::Dict>(call("GetStatus").at(0));
}

bool Instance::cancel(const bus::ObjectPath& request) const try {
  connection_->call(bus_name(), request.text, bus::job_interface, "Cancel", {}, longest_answer);
  return true;
} catch (const bus::BusError& error) {
  if (error.name() == bus::error_not_found || error.name().ends_with(".UnknownObject"))
    return false;
  throw;
}

std::vector<Instance> find_instances(bus::Connection& connection, const std::string& wanted) {
  std::vector<Instance> found;
  for (const Instance& instance : running(connection))
    if (wanted.empty() || is_called(instance, wanted)) found.push_back(instance);
  if (found.empty())
    throw NotRunning(wanted.empty()
                         ? "no consolidadord is on the bus"
                         : fmt::format("no consolidadord of branch {} is on the bus", wanted));
  if (!wanted.empty() && found.size() > 1)
    throw UsageError(fmt::format("several branches are called {}; use the id", wanted));
  return found;
}

}  // namespace consolidador::ctl
