// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>

#include "lib/core/sha256.hpp"

namespace consolidador {

/// The day's fingerprint: the sum modulo 2^64 of the first 64 bits (big-endian) of SHA-256 over
/// each row's canonical text. Order-independent; a doubled row changes it. A checksum: who can
/// write rows can find others with the same sum. sql/agregada computes the same value with SHA2().
/// Not thread-safe; one per day.
class HuellaSum {
 public:
  void add(std::string_view canonical_row);
  std::uint64_t value() const noexcept { return sum_; }

 private:
  Sha256 sha256_;
  std::uint64_t sum_ = 0;
};

}  // namespace consolidador
