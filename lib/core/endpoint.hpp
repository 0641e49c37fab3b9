// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/core/secret.hpp"

namespace consolidador {

struct TlsOptions {
  /// Verify the server's certificate and name before any credential is sent, or do not connect.
  /// False accepts plaintext; nothing else here then has an effect.
  bool required = true;
  std::filesystem::path ca;    ///< PEM with the authorities to trust; empty: the system's
  std::filesystem::path cert;  ///< client certificate; with `key`, or neither
  std::filesystem::path key;
  /// Of the server's certificate, hexadecimal SHA-1, or SHA-256 where the client library is 3.4 or
  /// later. In place of authority and name; beside `ca` library 3.3 verifies those too.
  std::string fingerprint;
  std::string min_version = "1.2";  ///< or "1.3"
};

struct HostAddress {
  std::string name;
  std::uint16_t port = 3306;
};

/// Where a database is and how to log in there.
struct Endpoint {
  std::string host;  ///< either host and port, or socket
  std::uint16_t port = 3306;
  std::vector<HostAddress> other_hosts;  ///< the other nodes of one cluster: with the same data
  std::filesystem::path socket;
  std::string user;
  Secret password;  ///< empty only on a socket: the account has none (unix_socket)
  std::string database;
  bool compression = false;  ///< of the protocol, if the server has it; ignored on a socket
  TlsOptions tls;            ///< ignored on a socket

  /// A socket, or hosts of which each is `localhost`, or an address in 127.0.0.0/8 or ::1 as
  /// inet_pton reads it. Any other name is not, whatever it resolves to.
  bool is_loopback() const;
  /// The configuration describes it.
  bool is_given() const { return !host.empty() || !socket.empty(); }
};

}  // namespace consolidador
