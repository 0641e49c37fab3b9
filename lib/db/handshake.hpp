// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>

struct st_mysql;

namespace consolidador {

/// While it lives, what this thread does to open a connection ends in time. The library's own
/// time-out begins anew with every byte: a server that dribbles would hold the thread for as long
/// as it likes. Here all of the waiting together has `limit`, and the thread's Interrupter can end
/// it from outside, from the connection's first packet on.
class Handshake {
 public:
  Handshake(st_mysql* handle, std::chrono::milliseconds limit);
  ~Handshake();
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;

 private:
  st_mysql* handle_;
};

}  // namespace consolidador
