// SPDX-License-Identifier: MIT
#pragma once
#include "lib/config/config.hpp"
#include "lib/sync/extractor.hpp"

namespace consolidador {

/// How a day of the POS is read and audited, as the configuration says.
SourceAuditOptions audit_options(const Config& config);

}  // namespace consolidador
