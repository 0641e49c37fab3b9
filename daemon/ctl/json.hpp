// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/value.hpp"

namespace consolidador::ctl {

/// The value as one line of JSON (RFC 8259): names as on the bus, whole numbers as numbers, money
/// as text, invalid UTF-8 replaced by U+FFFD.
std::string to_json(const bus::Value& value);

}  // namespace consolidador::ctl
