// SPDX-License-Identifier: MIT
#include "lib/core/reason.hpp"

#include <fmt/format.h>

#include "lib/core/text.hpp"

namespace consolidador {

std::string reason_problem(std::string_view text) {
  if (text.size() > longest_reason)
    return fmt::format("at most {} bytes, not {}", longest_reason, text.size());
  if (text.find_first_not_of(' ') == std::string_view::npos) return "must not be empty";
  if (one_line(text) != text) return "must be one line of UTF-8 without control characters";
  return {};
}

}  // namespace consolidador
