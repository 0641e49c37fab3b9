// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "lib/db/statement.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

/// What a target's procedure that audits a day answers: its rows, its ledger, and what the newer
/// schemas tell besides. Reads the result to its end; throws Error (permanent, schema) that names
/// the procedure where a column is missing.
DayState read_state(Rows& rows, std::string_view procedure);

/// A time of the ledger, in UTC. A server that is not strict stores '0000-...'. It counts as never
/// audited.
std::chrono::system_clock::time_point instant_of(const std::string& text);

}  // namespace consolidador
