// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

namespace consolidador::ctl {

/// The permissions of a file that other programs read.
constexpr mode_t for_everybody = 0644;

}  // namespace consolidador::ctl
