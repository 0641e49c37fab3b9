// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "daemon/lanes/history_gate.hpp"

namespace consolidador {

/// One after the other: a coroutine that has a turn keeps it until its Turn is gone, a few wait,
/// and more are refused. Loop thread only.
class Turns {
 public:
  struct End {
    void operator()(Turns* turns) const { turns->end(); }
  };
  using Turn = std::unique_ptr<Turns, End>;

  /// `limits`: one at a time, and how much of the time together. `who_wait`: for the refusal,
  /// behind `most_waiting`.
  Turns(asio::io_context& loop, const HistoryLimits& limits, std::size_t most_waiting,
        std::string who_wait);

  /// Throws RequestRefused where too many wait, or after stop().
  Task<Turn> next();
  void stop();

  /// The turn that is or was the last.
  SteadyClock::time_point began() const noexcept { return began_; }

 private:
  void end();

  HistoryGate gate_;
  Wakeup changed_;
  std::size_t most_waiting_;
  std::string who_wait_;
  SteadyClock::time_point began_{};
  std::size_t waiting_ = 0;
  bool stopping_ = false;
};

}  // namespace consolidador
