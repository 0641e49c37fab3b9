// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>

#include "lib/sync/target.hpp"

namespace consolidador {

/// What a ledger's rows come to, of the days from this one on: how many days, and of each the date
/// with its revision and all its totals, hashed and summed as the Huella is; and how many were
/// verified when nobody can have done it, before this century or later than a day after now. Where
/// it is not what a branch has written, somebody else has written the ledger. latido.sql makes the
/// same. `days` are in order.
std::string ledger_mark(std::span<const LedgerDay> days, Date from, LedgerDay::Instant now);

}  // namespace consolidador
