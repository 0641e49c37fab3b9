// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

namespace consolidador {

/// Why a TLS handshake failed, in words for the technician, and what to do.
struct TlsFailure {
  std::string_view cause;
  std::string_view remedy;
};

/// What stands behind the text of an error 2026 of libmariadb 3.3 or 3.4 with OpenSSL while a
/// connection opens; null when it is nothing about certificates or versions: the link.
const TlsFailure* tls_failure_of(std::string_view text) noexcept;

}  // namespace consolidador
