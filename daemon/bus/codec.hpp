// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/bus/value.hpp"

namespace sdbus {
class Message;
}

namespace consolidador::bus {

// Values into messages and out of them. All throw sdbus::Error when the library refuses.

void write(sdbus::Message& message, const Value& value);
void write_all(sdbus::Message& message, const Values& values);

/// The next value; throws BusError for a type of which Value has none.
Value read(sdbus::Message& message);
/// The values up to the end of the message.
Values read_all(sdbus::Message& message);

}  // namespace consolidador::bus
