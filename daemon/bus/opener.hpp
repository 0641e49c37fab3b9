// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "daemon/bus/connection.hpp"
#include "daemon/lanes/loop.hpp"

namespace consolidador::bus {

struct Opened {
  std::unique_ptr<Connection> connection;  ///< owns the name
  std::string error;                       ///< why there is none
  bool taken = false;                      ///< because another process has the name
};

/// Connects and takes the name without holding up the loop: connecting is the one thing that
/// sdbus-c++ only does blocking, and a bus that hangs would stop the branch. So each attempt has a
/// thread that ends with it; nobody waits for one that hangs.
class Opener {
 public:
  Opener(asio::io_context& loop, BusKind kind, std::string name);
  ~Opener();
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

  /// `done` is called on the loop, unless this is destroyed before.
  void open(std::function<void(Opened)> done);

  /// Waits for the attempt that runs, at most so long, before the loop runs; then `done` comes in
  /// the loop's first turn.
  void wait(std::chrono::milliseconds limit);

 private:
  struct Attempt;

  asio::io_context& loop_;
  BusKind kind_;
  std::string name_;
  std::shared_ptr<Attempt> attempt_;
};

}  // namespace consolidador::bus
