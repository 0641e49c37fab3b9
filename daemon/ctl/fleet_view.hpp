// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/core/table.hpp"
#include "lib/store/fleet.hpp"

namespace consolidador::ctl {

/// One line a branch, those that need attention first; behind it what was changed after closing.
std::string fleet_table(const Fleet& fleet, const Look& look);

/// Branches, gaps and changes for machines; a figure that is not known has no key.
std::string fleet_json(const Fleet& fleet);

const char* word(Light light);
const char* word(FleetDayState state);

/// The light's causes for people, such as `no contact`; empty when it is green.
std::string causes_text(const FleetBranch& branch);

/// `12 min ago`, `never`.
std::string contact_text(const FleetBranch& branch);

/// `never` or the day.
std::string audited_text(const FleetBranch& branch);

/// A figure, or a dash when there is none.
std::string figure_text(const std::optional<std::int64_t>& figure);

}  // namespace consolidador::ctl
