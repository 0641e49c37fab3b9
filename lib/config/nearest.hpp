// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string_view>

namespace consolidador::config {

/// The candidate that `word` was probably meant to be: the one with the fewest letters inserted,
/// deleted, replaced or swapped with their neighbour, at most one in three. Empty when none is
/// near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace consolidador::config
