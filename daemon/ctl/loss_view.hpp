// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/bus/value.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

// Held days, and what people see before they let something go. Throws DataError when an amount is
// none.

bool is_held(const bus::Dict& day);

/// Of a day in a target: its ledger has been read since the start; a daemon of an older version
/// does not say.
bool was_asked(const bus::Dict& target);

/// Held because the targets contradict each other and the POS has nothing to say.
bool is_conflict(const bus::Dict& day);

/// What each of these held days would lose, and all of them together: rows, units, sales and cost
/// that would go, and the sales that would be left. At most 80 columns.
std::string loss_view(const std::vector<bus::Dict>& days, const Look& look);

/// What the table is of; from which targets is told by one of its days.
std::string loss_heading(const bus::Dict& day);

/// What one day would lose in a line: `15 of 40 rows in local, units 3.0000 of 10.0000, sales ...`;
/// empty when nothing would go.
std::string loss_text(const bus::Dict& day);

/// What each target holds of the day.
std::string contents_view(const bus::Dict& day, const Look& look);

}  // namespace consolidador::ctl
