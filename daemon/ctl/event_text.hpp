// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/connection.hpp"

namespace consolidador::ctl {

/// A line for people about a signal, without the time; empty for those that say nothing new.
std::string event_text(const bus::Received& event, bool coloured);

}  // namespace consolidador::ctl
