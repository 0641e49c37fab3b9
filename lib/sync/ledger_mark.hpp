// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>

#include "lib/sync/target.hpp"

namespace consolidador {

/// What a ledger's rows come to, of the days from this one on: how many days, revisions and rows,
/// and the Huellas by exclusive or. Where it is not what a branch has written, somebody else has
/// written the ledger. latido.sql makes the same. `days` are in order.
std::string ledger_mark(std::span<const LedgerDay> days, Date from);

}  // namespace consolidador
