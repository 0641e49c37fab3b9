// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/value.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

// The answer of GetVersionChanges: what has made a version of the one before, row by row, those
// first that move most sales. The differences, after less before, add up to that of the totals.

std::string changes_table(const bus::Dict& change, const Look& look);
/// One line, an object a row.
std::string changes_json(const bus::Dict& change);
/// A record for each row (RFC 4180).
std::string changes_csv(const bus::Dict& change);
/// A page that needs nothing else.
std::string changes_page(const bus::Dict& change);

}  // namespace consolidador::ctl
