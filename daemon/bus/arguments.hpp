// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/value.hpp"
#include "lib/core/date.hpp"

namespace consolidador::bus {

// Arguments from strangers, already of the right type; all throw BusError InvalidArgument.

/// Exactly YYYY-MM-DD.
Date date_argument(const char* name, const Value& value);

/// Both ends, in order.
DateRange range_arguments(const Value& from, const Value& to);

/// At most 200 bytes of one line.
std::string text_argument(const char* name, const Value& value);

/// Why sales may go: at most 200 bytes of one line, not blank.
std::string reason_argument(const char* name, const Value& value);

}  // namespace consolidador::bus
