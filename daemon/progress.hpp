// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

namespace consolidador {

/// What a progress bar knows.
struct ProgressState {
  std::size_t days_done = 0;
  std::size_t days_total = 0;
  std::size_t failed = 0;
  std::uint64_t rows = 0;
  std::chrono::milliseconds elapsed{};
  const char* unit = "days";
};

/// One line for a terminal `width` columns wide: bar, days, rows, rate and time left.
std::string progress_line(const ProgressState& state, std::size_t width);

/// Draws the bar on a terminal and keeps redrawing it in place; silent when `visible` is false.
class Progress {
 public:
  Progress(std::ostream& out, bool visible, std::size_t days_total, const char* unit = "days");
  ~Progress();  ///< wipes the bar
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void day_done(bool ok, std::uint64_t rows);
  /// How far it is, for who does not count by himself; also when only time has passed.
  void show(std::size_t days_done, std::size_t failed, std::uint64_t rows);

 private:
  void draw();

  std::ostream& out_;
  bool visible_;
  ProgressState state_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace consolidador
