// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/config/config.hpp"
#include "lib/config/section.hpp"

namespace consolidador::config {

/// Reads the section `name` (operational, local or vps) of `databases`.
EndpointConfig read_endpoint(const Section& databases, const std::string& name);

/// True when the file or the environment says anything about the database `name`.
bool endpoint_given(const Section& databases, const std::string& name);

}  // namespace consolidador::config
