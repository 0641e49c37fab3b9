// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/value.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

/// The answer of GetHistory: a line a version. Whoever has not named a target, `from`, is told that
/// others have a history of their own.
std::string history_view(const bus::Dict& history, const std::string& from, const Look& look);

/// The answer of GetVersion: what is recorded of it, and its rows.
std::string version_view(const bus::Dict& version, const Look& look);

/// The same in one line of JSON, an object a row.
std::string version_json(const bus::Dict& version);

}  // namespace consolidador::ctl
