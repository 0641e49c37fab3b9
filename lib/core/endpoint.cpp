// SPDX-License-Identifier: MIT
#include "lib/core/endpoint.hpp"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>

namespace consolidador {
namespace {

bool is_loopback_v4(const char* host) {
  in_addr address{};
  return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

bool is_loopback_v6(const char* host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host, &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

bool is_loopback_host(const std::string& host) {
  return strcasecmp(host.c_str(), "localhost") == 0 || is_loopback_v4(host.c_str()) ||
         is_loopback_v6(host.c_str());
}

}  // namespace

bool Endpoint::is_loopback() const {
  if (!socket.empty()) return true;
  return is_loopback_host(host) &&
         std::ranges::all_of(other_hosts, is_loopback_host, &HostAddress::name);
}

}  // namespace consolidador
