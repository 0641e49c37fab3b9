// SPDX-License-Identifier: MIT
#include "lib/config/config.hpp"

#include <arpa/inet.h>
#include <strings.h>

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

}  // namespace

bool EndpointConfig::is_loopback() const {
  return !socket.empty() || strcasecmp(host.c_str(), "localhost") == 0 ||
         is_loopback_v4(host.c_str()) || is_loopback_v6(host.c_str());
}

}  // namespace consolidador
