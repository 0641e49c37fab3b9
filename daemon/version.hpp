// SPDX-License-Identifier: MIT
#pragma once

namespace consolidador {

/// The product's version, as CMake's project() says.
inline constexpr const char* product_version = CONSOLIDADOR_VERSION;

}  // namespace consolidador
