// SPDX-License-Identifier: MIT
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "daemon/service/disk.hpp"
#include "lib/report/bitacora.hpp"

namespace consolidador {

/// The service's bitacora: its lines are written behind the loop's back, in their order, and each
/// is kept until it is on the disk. One that cannot be written now is written in its turn when it
/// can. A folder that is gone is made anew. Loop thread only.
class KeptLines {
 public:
  /// More lines than these are not kept: the oldest go.
  static constexpr std::size_t most_kept = 10'000;
  /// A disk that takes longer for a line is told as one that does not answer.
  static constexpr std::chrono::seconds patience{30};

  KeptLines(Disk& disk, std::filesystem::path file);

  /// Another file from now on; what waits goes there.
  void replace(std::shared_ptr<Bitacora> bitacora, std::filesystem::path file);

  void append(BitacoraEntry entry);
  /// Writes what waits, if it can.
  void retry();
  /// Why lines wait, and the remedy; empty: none does.
  std::string problem(SteadyClock::time_point now = SteadyClock::now()) const;

  std::size_t waiting() const noexcept { return waiting_.size() + writing_; }

  std::map<Date, BitacoraEntry> last_entries(std::int32_t branch) const {
    return bitacora_->last_entries(branch);
  }

 private:
  struct Batch;
  void written(const std::shared_ptr<Batch>& batch);
  void drop_oldest();

  Disk& disk_;
  std::filesystem::path file_;
  std::shared_ptr<Bitacora> bitacora_;  // the writer's alone, but for last_entries() at the start
  std::deque<BitacoraEntry> waiting_;   // but for those of the batch under way
  std::size_t writing_ = 0;             // lines of it
  SteadyClock::time_point began_{};     // when it was handed over
  std::size_t lost_ = 0;                // since it could last be written
  std::string error_;
};

}  // namespace consolidador
