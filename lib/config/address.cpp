// SPDX-License-Identifier: MIT
#include "lib/config/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "lib/config/overrides.hpp"
#include "lib/config/readers.hpp"

namespace consolidador::config {
namespace {

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

std::string checked_host(std::string host, const Value& value) {
  constexpr std::size_t longest = 253;
  const bool is_name =
      host.size() <= longest && std::all_of(host.begin(), host.end(), is_host_character);
  if (!is_name && !is_ipv6(host))
    value.fail(
        fmt::format("{} is not a host name or address; write it alone, the port goes to "
                    "`port`",
                    excerpt(host)));
  return host;
}

std::string read_host(const Value& value) {
  return checked_host(read_text(value), value);
}

constexpr Integer<std::uint16_t> read_port{1, 65535, "not a port"};

/// `name`, `name:4403`, `::1` or `[::1]:4403`.
HostAddress read_node(const Value& value, std::uint16_t usual_port) {
  std::string host = read_text(value);
  const auto colon = host.rfind(':');
  if (colon == std::string::npos || is_ipv6(host)) return {checked_host(host, value), usual_port};
  const auto port = read_port(value.part(host.substr(colon + 1)));
  host.resize(colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {checked_host(host, value), port};
}

std::filesystem::path read_socket(const Value& value) {
  constexpr std::size_t longest = 107;  // sockaddr_un
  auto socket = read_absolute_path(value);
  if (socket.native().size() > longest)
    value.fail(fmt::format("is longer than {} characters; use a shorter path", longest));
  return socket;
}

void read_socket_address(const Section& section, Endpoint& endpoint) {
  if (section.find("host")) section.fail("socket", "stands beside host; keep one of them");
  if (const auto port = section.find("port"))
    port->fail("has no meaning beside socket; delete it, or replace socket by host");
  section.read("socket", endpoint.socket, read_socket);
}

void read_host_address(const Section& section, Endpoint& endpoint) {
  section.read("host", endpoint.host, read_host);
  section.read("port", endpoint.port, read_port);
}

void read_nodes(const Section& section, Endpoint& endpoint) {
  for (const auto* other : {"host", "socket"})
    if (section.find(other))
      section.fail("hosts", fmt::format("stands beside {}; keep one of them", other));
  section.read("port", endpoint.port, read_port);
  for (const Value& value : section.list("hosts"))
    endpoint.other_hosts.push_back(read_node(value, endpoint.port));
  if (endpoint.other_hosts.empty()) section.fail("hosts", "is empty; write at least one");
  endpoint.host = endpoint.other_hosts.front().name;
  endpoint.port = endpoint.other_hosts.front().port;
  endpoint.other_hosts.erase(endpoint.other_hosts.begin());
}

}  // namespace

void read_address(const Section& section, Endpoint& endpoint) {
  const bool host = section.find("host").has_value();
  const bool nodes = section.has("hosts");
  const bool socket = section.has("socket");
  const bool environment_names_host = section.find_override("host").has_value();
  if (!environment_names_host && nodes)
    read_nodes(section, endpoint);
  else if (!environment_names_host && socket)
    read_socket_address(section, endpoint);
  else if (host)
    read_host_address(section, endpoint);
  else
    section.fail("host", fmt::format("is missing; add host and port, or socket, or set the "
                                     "environment variable {}",
                                     find_override(section.path() + ".host")->variable));
}

}  // namespace consolidador::config
