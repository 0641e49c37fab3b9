// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>
#include <vector>

#include "lib/sync/sales_row.hpp"

namespace consolidador {

/// A line for each row of `held` that is not as it is `expected`, for each that is missing and each
/// that is foreign, for people. Both sorted by key, each key once.
std::vector<std::string> row_differences(std::span<const SalesRow> held,
                                         std::span<const SalesRow> expected);

}  // namespace consolidador
