// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "daemon/lanes/loop.hpp"
#include "lib/core/writer.hpp"

namespace consolidador {

/// What an exception says.
std::string text_of(const std::exception_ptr& error);

/// The disk, as the loop sees it: work goes to the writer, in its order, and what came of it comes
/// back, unless this object is gone by then. The loop never waits for a disk itself. All members
/// belong to the loop thread; the loop does not end while anything is under way.
class Disk {
 public:
  /// What came of the work: nothing, or what it threw. Called on the loop, later.
  using Done = std::function<void(const std::exception_ptr& error)>;

  /// Both must outlive this object, and the loop all of the writer's work.
  Disk(asio::io_context& loop, Writer& writer) : loop_(loop), writer_(writer) {}
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// `work` is run on the writer's thread, and must not touch what is the loop's. Where too much
  /// waits already, `done` is told so (Error, transient, internal), and nothing is done.
  void begin(std::function<void()> work, Done done);

  /// The same, for a coroutine: returns when it is done, and throws what the work throws.
  Task<> run(std::function<void()> work);

  /// `done` is called when all that was begun before is done.
  void after_all(std::function<void()> done);

  asio::io_context& loop() const noexcept { return loop_; }

  bool idle() const noexcept { return under_way_->count == 0; }
  /// Is called whenever the last work has come back.
  void when_idle(std::function<void()> told) { under_way_->when_none = std::move(told); }

 private:
  struct UnderWay {
    std::size_t count = 0;
    std::function<void()> when_none;
  };

  asio::io_context& loop_;
  Writer& writer_;
  std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
};

}  // namespace consolidador
