// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "tests/power_cut/recording.hpp"

namespace consolidador::test {

/// What may be on the disk when the power returns.
struct DiskState {
  std::map<std::string, std::string> files;  ///< content by name
  std::vector<std::string> folders;          ///< outer ones first
  std::size_t acknowledged = 0;              ///< how often somebody was told before the cut

  auto operator<=>(const DiskState&) const = default;

  void write_to(const std::filesystem::path& root) const;
};

/// Every state that a power cut after any operation may leave, each once. What was synced is there.
/// Of what was done to a file since, any number of operations from the first on is there, the next
/// one perhaps in half, or as zeros at its full size. Of the names changed in a folder since it was
/// synced, any number from the first on: file systems with a journal keep their order, but know
/// none between names and contents, nor between folders.
std::vector<DiskState> states_after_power_cuts(const Recording& recording);

}  // namespace consolidador::test
