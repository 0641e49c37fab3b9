// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "lib/db/connection.hpp"
#include "lib/store/machine.hpp"

namespace consolidador {

/// Reads which machine writes the branch's days in the target `name`. True where the mark is this
/// machine's as it is, false where it has to be left. Throws OtherMachine where it is another's.
bool refuse_other(Connection& connection, const std::string& name, std::int32_t branch_id,
                  const Machine& machine);

}  // namespace consolidador
