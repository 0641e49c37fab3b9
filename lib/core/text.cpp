// SPDX-License-Identifier: MIT
#include "lib/core/text.hpp"

namespace consolidador {

std::string one_line(std::string_view text) {
  std::string line(text);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    const auto next = static_cast<unsigned char>(i + 1 < line.size() ? line[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7f) line[i] = ' ';
    // U+0080 to U+009F, the second control block: terminals obey it, some readers break lines at
    // it.
    if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) line.replace(i, 2, 1, ' ');
  }
  return line;
}

}  // namespace consolidador
