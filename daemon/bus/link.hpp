// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/bus/connection.hpp"
#include "daemon/bus/opener.hpp"
#include "daemon/lanes/loop.hpp"

namespace consolidador::bus {

class LinkListener {
 public:
  virtual ~LinkListener() = default;
  virtual void link_up(Connection& connection) = 0;
  virtual void link_down() = 0;   ///< the connection is destroyed after it
  virtual void name_taken() = 0;  ///< another process has it; told at each attempt
};

/// The connection to the bus, as long as the process lives: opened again and again until there is a
/// bus, driven by the loop, dropped when it is lost or takes nothing any more. Says each different
/// trouble once. Loop thread only.
class Link {
 public:
  Link(asio::io_context& loop, BusKind kind, const std::string& name, LinkListener& listener);

  /// Begins; a first attempt is given a moment, so that the name is there when the loop starts.
  void start();
  /// Leaves the bus; no handler of the loop stays.
  void stop();

  bool up() const noexcept { return connection_ != nullptr; }

  /// To be called after anything was sent; a lost connection shows later, in a turn of its own.
  void sent();

 private:
  void open();
  void opened(Opened opened);
  void lost(const std::string& reason);
  void drop();
  void trouble(const std::string& reason, const char* meanwhile = "the daemon works on without it");
  void process();
  void arm();
  void wait_for(asio::posix::stream_descriptor::wait_type what, bool& waiting);
  void watch_output(bool waiting);

  asio::io_context& loop_;
  LinkListener& listener_;
  std::string name_;
  Opener opener_;
  asio::steady_timer retry_;
  asio::steady_timer timeout_;
  std::unique_ptr<Connection> connection_;
  std::optional<asio::posix::stream_descriptor> descriptor_;
  bool waits_read_ = false;
  bool waits_write_ = false;
  bool sent_ = false;
  bool stopped_ = false;
  std::optional<SteadyClock::time_point> stuck_since_;
  std::string said_;
};

}  // namespace consolidador::bus
