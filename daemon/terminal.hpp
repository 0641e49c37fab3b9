// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>

#include "lib/core/table.hpp"

namespace consolidador {

// What stdout is.

bool is_terminal();

/// In letters; 80 where the terminal does not tell.
std::size_t terminal_width();

/// Without colours; as wide as the terminal, and of any width where it is none.
Look plain_look();

/// plain_look() in colour, on a terminal that wants colours (NO_COLOR, TERM=dumb).
Look coloured_look();

}  // namespace consolidador
