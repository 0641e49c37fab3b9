// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>

#include "lib/core/table.hpp"
#include "lib/preflight/finding.hpp"

namespace consolidador::preflight {

/// One finding a line: place, check, result, text; remedy.
std::string to_table(std::span<const Finding> findings, const Look& look);

/// One line: {"result": the worst, "findings": [{"place", "check", "result", "text", "remedy"}]};
/// results in small letters.
std::string to_json(std::span<const Finding> findings);

}  // namespace consolidador::preflight
