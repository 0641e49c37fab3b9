// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/config/section.hpp"
#include "lib/core/secret.hpp"

namespace consolidador::config {

/// The password of the database that `endpoint` describes; `name` is operational, local or vps.
/// In this order: the systemd credential `<name>.password`, the file that password_file names (one
/// trailing newline is not part of it), the Python bot's variable. Empty when there is none. A
/// source that is there but cannot be used is a ConfigError; no error contains any of its content.
Secret find_password(const Section& endpoint, const std::string& name);

}  // namespace consolidador::config
