// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

namespace consolidador {

/// How much of an answer its meaning allows. Who sends more is not the server that is meant, or has
/// a procedure that is broken: it is cut off while it sends, so that it cannot fill this machine's
/// memory.
struct Bound {
  std::uint64_t rows;
  std::uint64_t bytes;  ///< of all cells together
};

/// A record, or a list for people.
constexpr Bound short_answer{1'000, std::uint64_t{4} << 20};
/// A row for each day, or branch: 270 years, in case a clock was wrong.
constexpr Bound row_a_day{100'000, std::uint64_t{64} << 20};
/// A day's sales, or the notes of their changes: half as much again as the largest day that was
/// measured, and what the unit's MemoryMax= leaves room for.
constexpr Bound day_of_sales{1'500'000, std::uint64_t{256} << 20};
/// One row of any answer: a version of a day is one of the ledger's.
constexpr std::uint64_t longest_row = std::uint64_t{64} << 20;

}  // namespace consolidador
