// SPDX-License-Identifier: MIT
#include "lib/db/handshake.hpp"

#include <mysql.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "lib/db/interrupter.hpp"

namespace consolidador {
namespace {

using namespace std::chrono;

// The library gives its callback nothing but the socket; a thread opens one connection at a time.
thread_local steady_clock::time_point ends;

int milliseconds_left(int timeout) {
  const auto left = ceil<milliseconds>(ends - steady_clock::now()).count();
  const auto bounded = static_cast<int>(std::clamp<decltype(left)>(left, 0, 1'000'000'000));
  return timeout <= 0 ? bounded : std::min(timeout, bounded);
}

/// As poll(2): how many sockets are ready, 0 after the time-out; without one where it is 0 or less.
int wait_for(my_socket socket, my_bool for_reading, int timeout) {
  const Interrupter::Attachment attachment(socket);
  pollfd wanted{socket, static_cast<short>(for_reading ? POLLIN : POLLOUT), 0};
  int ready = 0;
  do {
    const int left = milliseconds_left(timeout);
    // Also where something is there to be read: who dribbles is never late with the next byte.
    ready = left == 0 ? 0 : ::poll(&wanted, 1, left);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) errno = ETIMEDOUT;
  return ready;
}

void set_wait(MYSQL* handle, int (*wait)(my_socket, my_bool, int)) {
  mysql_optionsv(handle, MARIADB_OPT_IO_WAIT, reinterpret_cast<void*>(wait));
}

}  // namespace

Handshake::Handshake(st_mysql* handle, milliseconds limit) : handle_(handle) {
  ends = steady_clock::now() + limit;
  set_wait(handle_, wait_for);
}

Handshake::~Handshake() {
  set_wait(handle_, nullptr);
}

}  // namespace consolidador
