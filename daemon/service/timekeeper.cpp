// SPDX-License-Identifier: MIT
#include "daemon/service/timekeeper.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace consolidador {
namespace {

int open_timer() {
  const int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  return fd;
}

}  // namespace

SystemTimekeeper::SystemTimekeeper(asio::io_context& loop) : timer_(loop, open_timer()) {}

Task<> SystemTimekeeper::wait_until(Instant instant) {
  using namespace std::chrono;
  const auto since = duration_cast<nanoseconds>(instant.time_since_epoch());
  itimerspec time{};
  time.it_value.tv_sec = duration_cast<seconds>(since).count();
  time.it_value.tv_nsec = std::max<std::int64_t>((since % seconds(1)).count(), 1);
  // CANCEL_ON_SET: reading fails with ECANCELED when the clock is set, so that we look again.
  if (timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &time,
                      nullptr) != 0 &&
      errno != ECANCELED)
    throw std::system_error(errno, std::generic_category(), "timerfd_settime");
  co_await timer_.async_wait(asio::posix::stream_descriptor::wait_read,
                             asio::as_tuple(asio::use_awaitable));
  std::uint64_t expirations = 0;
  [[maybe_unused]] const auto got =
      ::read(timer_.native_handle(), &expirations, sizeof expirations);
}

void SystemTimekeeper::wake() {
  timer_.cancel();
}

}  // namespace consolidador
