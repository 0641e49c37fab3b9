// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/bus/value.hpp"
#include "lib/core/table.hpp"
#include "lib/store/fleet.hpp"

namespace consolidador::ctl {

// What was changed in the branches after closing: the newest changes of each, and of each change
// the rows that move most sales, with the query that shows all of them.

/// A line a change; empty where there is none. What cannot be told is named.
std::string changes_table(const Fleet& fleet, const Look& look);

/// An object a branch.
std::vector<bus::Dict> changes_dicts(const Fleet& fleet);

/// A branch's changes, folded away, as markup; empty where it has none.
std::string changes_html(const Fleet& fleet, std::int64_t branch_id);

/// Why there are no changes to be seen, for people; empty: they can be.
std::string changes_notice(const Fleet& fleet);

}  // namespace consolidador::ctl
