// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

namespace consolidador {

/// The day's fingerprint: the sum modulo 2^64 of the first 64 bits (big-endian) of SHA-256 over
/// each row's canonical text. Order-independent; a doubled row changes it. sql/agregada computes
/// the same value with SHA2(). Not thread-safe; one per day.
class HuellaSum {
 public:
  HuellaSum();
  ~HuellaSum();
  HuellaSum(HuellaSum&&) noexcept;
  HuellaSum& operator=(HuellaSum&&) noexcept;

  void add(std::string_view canonical_row);
  std::uint64_t value() const noexcept { return sum_; }

 private:
  struct Digest;
  std::unique_ptr<Digest> digest_;
  std::uint64_t sum_ = 0;
};

}  // namespace consolidador
