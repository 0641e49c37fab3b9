// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/connection.hpp"
#include "lib/core/table.hpp"

namespace consolidador::ctl {

/// A line for people about a signal, without the time; empty for those that say nothing new.
std::string event_text(const bus::Received& event, const Look& look);

}  // namespace consolidador::ctl
