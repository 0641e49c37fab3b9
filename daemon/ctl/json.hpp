// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/value.hpp"

namespace consolidador::ctl {

/// The value as one line of JSON (RFC 8259): names as on the bus, whole numbers as numbers, money
/// as text. Texts are valid UTF-8, as all that came over the bus.
std::string to_json(const bus::Value& value);

}  // namespace consolidador::ctl
