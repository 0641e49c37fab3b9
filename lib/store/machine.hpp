// SPDX-License-Identifier: MIT
#pragma once
#include "lib/sync/target.hpp"

namespace consolidador {

/// This machine, as the mark names it: the same for all processes, known to nobody else
/// (sd_id128_get_machine_app_specific(3)); by the host name where the machine has no id.
Machine this_machine();

}  // namespace consolidador
