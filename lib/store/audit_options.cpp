// SPDX-License-Identifier: MIT
#include "lib/store/audit_options.hpp"

namespace consolidador {

SourceAuditOptions audit_options(const Config& config) {
  SourceAuditOptions options{config.audit.enabled, config.audit.tolerance};
  options.invalid_rows.enabled = config.invalid_rows == InvalidRows::quarantine;
  return options;
}

}  // namespace consolidador
