// SPDX-License-Identifier: MIT
#pragma once
#include <deque>
#include <memory>
#include <string>

#include "lib/report/bitacora.hpp"

namespace consolidador {

/// The service's bitacora: a line that cannot be written now is kept, and written in its turn when
/// it can. A folder that is gone is made anew. Loop thread only.
class KeptLines {
 public:
  /// More lines than these are not kept: the oldest go.
  static constexpr std::size_t most_kept = 10'000;

  explicit KeptLines(std::filesystem::path file);

  /// Another file from now on; what waits goes there.
  void replace(std::unique_ptr<Bitacora> bitacora, std::filesystem::path file);

  void append(BitacoraEntry entry);
  /// Writes what waits, if it can.
  void retry();
  /// Why lines wait, and the remedy; empty: none does.
  std::string problem() const;

  std::map<Date, BitacoraEntry> last_entries(std::int32_t branch) const {
    return bitacora_->last_entries(branch);
  }

 private:
  std::filesystem::path file_;
  std::unique_ptr<Bitacora> bitacora_;
  std::deque<BitacoraEntry> waiting_;
  std::string error_;
};

}  // namespace consolidador
