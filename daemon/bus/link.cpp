// SPDX-License-Identifier: MIT
#include "daemon/bus/link.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "lib/core/log.hpp"

namespace consolidador::bus {
namespace {

using namespace std::chrono_literals;

constexpr auto first_wait = 2s;
constexpr auto between_attempts = 3s;
constexpr auto longest_turn = 5ms;   // then others have their turn on the loop
constexpr auto longest_stuck = 30s;  // output waits in our memory meanwhile
constexpr auto longest_timeout = 60s;

int duplicate(int fd) {
  const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "dup");
  return copy;
}

}  // namespace

Link::Link(asio::io_context& loop, BusKind kind, const std::string& name, LinkListener& listener)
    : loop_(loop),
      listener_(listener),
      name_(name),
      opener_(loop, kind, name),
      retry_(loop),
      timeout_(loop) {}

void Link::start() {
  open();
  opener_.wait(first_wait);
}

void Link::stop() {
  stopped_ = true;
  retry_.cancel();
  timeout_.cancel();
  if (connection_) drop();
}

void Link::open() {
  opener_.open([this](Opened result) { opened(std::move(result)); });
}

void Link::opened(Opened opened) {
  if (stopped_) return;
  if (opened.taken) {
    listener_.name_taken();
    return trouble(opened.error, "the daemon writes nothing");
  }
  if (!opened.connection) return trouble(opened.error);
  connection_ = std::move(opened.connection);
  try {
    descriptor_.emplace(loop_, duplicate(connection_->poll().fd));
    log::info("bus: connected as {}", name_);
    said_.clear();
    listener_.link_up(*connection_);
    process();
  } catch (const std::exception& error) {
    lost(error.what());
  }
}

void Link::lost(const std::string& reason) {
  if (!connection_) return;
  drop();
  trouble("connection lost: " + reason);
}

/// The library sends what waits before it closes, for as long as the bus takes nothing: so the line
/// is cut first.
void Link::drop() {
  listener_.link_down();
  if (descriptor_) ::shutdown(descriptor_->native_handle(), SHUT_RDWR);
  descriptor_.reset();
  connection_.reset();
  stuck_since_.reset();
  waits_read_ = waits_write_ = false;
}

void Link::trouble(const std::string& reason, const char* meanwhile) {
  if (said_ != reason) log::warning("bus: {}: {}; {} and tries again", name_, reason, meanwhile);
  said_ = reason;
  retry_.expires_after(between_attempts);
  retry_.async_wait([this](boost::system::error_code error) {
    if (!error && !stopped_) open();
  });
}

void Link::sent() {
  if (!connection_ || std::exchange(sent_, true)) return;
  asio::post(loop_, [this] {
    sent_ = false;
    if (connection_) arm();
  });
}

void Link::process() {
  if (!connection_) return;
  try {
    const auto end = SteadyClock::now() + longest_turn;
    while (connection_->process())
      if (SteadyClock::now() > end) {
        asio::post(loop_, [this] { process(); });
        return;
      }
    arm();
  } catch (const std::exception& error) {
    lost(error.what());
  }
}

void Link::arm() try {
  const auto poll = connection_->poll();
  if (poll.read) wait_for(asio::posix::stream_descriptor::wait_read, waits_read_);
  if (poll.write) wait_for(asio::posix::stream_descriptor::wait_write, waits_write_);
  watch_output(poll.write);
  if (!poll.timeout) {
    timeout_.cancel();
    return;
  }
  timeout_.expires_after(std::min<std::chrono::milliseconds>(*poll.timeout, longest_timeout));
  timeout_.async_wait([this](boost::system::error_code error) {
    if (!error) process();
  });
} catch (const std::exception& error) {
  lost(error.what());
}

void Link::wait_for(asio::posix::stream_descriptor::wait_type what, bool& waiting) {
  if (waiting) return;
  waiting = true;
  descriptor_->async_wait(what, [this, &waiting](boost::system::error_code error) {
    if (error) return;  // of a connection that is gone; the next one has begun anew
    waiting = false;
    process();
  });
}

/// A bus that takes nothing is as good as none, and what is sent to it piles up.
void Link::watch_output(bool waiting) {
  const auto now = SteadyClock::now();
  if (!waiting)
    stuck_since_.reset();
  else if (!stuck_since_)
    stuck_since_ = now;
  else if (now - *stuck_since_ > longest_stuck)
    throw BusError("", "the bus takes no messages any more");
}

}  // namespace consolidador::bus
