// SPDX-License-Identifier: MIT
#include "daemon/service/disk.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

std::exception_ptr failure_of(const std::function<void()>& work) try {
  work();
  return nullptr;
} catch (...) {
  return std::current_exception();
}

std::exception_ptr too_much_waits() {
  return std::make_exception_ptr(
      Error(ErrorClass::transient, ErrorCause::internal,
            "the disk does not answer, and too much waits for it; check it and the kernel's log"));
}

}  // namespace

std::string text_of(const std::exception_ptr& error) try {
  std::rethrow_exception(error);
} catch (const std::exception& failure) {
  return failure.what();
}

void Disk::begin(std::function<void()> work, Done done) {
  ++under_way_->count;
  // Once. The writer keeps nothing of what it gives back: its end is the loop's matter, too.
  auto come_back_with = [&loop = loop_, under_way = std::weak_ptr(under_way_),
                         done = std::move(done)](std::exception_ptr error) mutable {
    asio::post(loop, [under_way, done = std::move(done), error = std::move(error)] {
      const auto still = under_way.lock();
      if (!still) return;  // so is whoever has asked
      done(error);
      if (--still->count == 0 && still->when_none) still->when_none();
    });
  };
  const bool taken = writer_.post(
      [work = std::move(work), come_back_with, guard = asio::make_work_guard(loop_)]() mutable {
        auto error = failure_of(work);
        work = nullptr;  // from here on, what it holds is the loop's alone
        come_back_with(std::move(error));
      });
  if (!taken) come_back_with(too_much_waits());
}

Task<> Disk::run(std::function<void()> work) {
  struct State {
    explicit State(asio::io_context& loop) : changed(loop) {}
    Wakeup changed;
    bool done = false;
    std::exception_ptr error;
  };
  const auto state = std::make_shared<State>(loop_);
  begin(std::move(work), [state](const std::exception_ptr& error) {
    state->done = true;
    state->error = error;
    state->changed.notify();
  });
  while (!state->done) co_await state->changed.wait();
  if (state->error) std::rethrow_exception(state->error);
}

void Disk::after_all(std::function<void()> done) {
  begin([] {}, [done = std::move(done)](const std::exception_ptr&) { done(); });
}

}  // namespace consolidador
