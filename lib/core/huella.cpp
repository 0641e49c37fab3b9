// SPDX-License-Identifier: MIT
#include "lib/core/huella.hpp"

namespace consolidador {

void HuellaSum::add(std::string_view canonical_row) {
  const Sha256::Digest digest = sha256_(canonical_row);
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < sizeof first; ++i) first = first << 8 | digest[i];
  sum_ += first;
}

}  // namespace consolidador
