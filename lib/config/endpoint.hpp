// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/config/config.hpp"
#include "lib/config/section.hpp"

namespace consolidador::config {

/// Reads the section `name` (operational, local or vps) of `databases`.
Endpoint read_endpoint(const Section& databases, const std::string& name);

}  // namespace consolidador::config
