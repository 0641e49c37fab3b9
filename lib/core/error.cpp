// SPDX-License-Identifier: MIT
#include "lib/core/error.hpp"

namespace consolidador {

Error as_error(const std::exception& error) {
  if (const auto* own = dynamic_cast<const Error*>(&error)) return *own;
  return Error(ErrorClass::transient, ErrorCause::internal, error.what());
}

}  // namespace consolidador
