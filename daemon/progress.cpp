// SPDX-License-Identifier: MIT
#include "daemon/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/terminal.hpp"
#include "lib/core/duration.hpp"

namespace consolidador {
namespace {

constexpr std::size_t longest_bar = 30;

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t width) {
  const double seconds = static_cast<double>(state.elapsed.count()) / 1000.0;
  const auto total = std::max<std::size_t>(state.days_total, 1);
  const double rate = seconds > 0 ? static_cast<double>(state.rows) / seconds : 0;
  const auto left = state.days_done == 0
                        ? std::string("?")
                        : spell_duration(std::chrono::duration_cast<std::chrono::seconds>(
                              state.elapsed * (total - state.days_done) / state.days_done));
  const auto failed = state.failed == 0 ? "" : fmt::format("  {} failed", state.failed);
  const auto text = fmt::format(" {}/{} {}  {} rows  {:.0f} rows/s  {} left{}", state.days_done,
                                state.days_total, state.unit, state.rows, rate, left, failed);
  if (width < text.size() + 7) return text.substr(1, width);
  const std::size_t bar = std::min(longest_bar, width - text.size() - 3);
  const std::size_t full = bar * state.days_done / total;
  return fmt::format("[{}{}]{}", std::string(full, '#'), std::string(bar - full, '.'), text);
}

Progress::Progress(std::ostream& out, bool visible, std::size_t days_total, const char* unit)
    : out_(out), visible_(visible) {
  state_.days_total = days_total;
  state_.unit = unit;
  draw();
}

Progress::~Progress() {
  if (visible_) out_ << "\r\033[K" << std::flush;
}

void Progress::day_done(bool ok, std::uint64_t rows) {
  ++state_.days_done;
  if (!ok) ++state_.failed;
  state_.rows += rows;
  draw();
}

void Progress::show(std::size_t days_done, std::size_t failed, std::uint64_t rows) {
  state_.days_done = days_done;
  state_.failed = failed;
  state_.rows = rows;
  draw();
}

void Progress::draw() {
  if (!visible_) return;
  state_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start_);
  out_ << '\r' << progress_line(state_, terminal_width() - 1) << "\033[K" << std::flush;
}

}  // namespace consolidador
