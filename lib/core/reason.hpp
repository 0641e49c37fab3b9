// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace consolidador {

// Why a person let sales go, as the history and the bitacora keep it: one line that is not blank.

inline constexpr std::size_t longest_reason = 200;  ///< bytes

/// What is wrong with the text, for people; empty when it will do.
std::string reason_problem(std::string_view text);

}  // namespace consolidador
