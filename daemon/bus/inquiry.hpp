// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "daemon/bus/interface.hpp"
#include "daemon/service/control.hpp"

namespace consolidador::bus {

/// The methods of org.consolidador.Ventas1.Manager that ask the databases and answer later. The
/// control must outlive them.
std::vector<Method> inquiries(Control& control);

}  // namespace consolidador::bus
