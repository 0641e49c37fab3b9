// SPDX-License-Identifier: MIT
#include "lib/core/error.hpp"

namespace consolidador {

std::string_view to_string(ErrorClass value) noexcept {
  switch (value) {
    case ErrorClass::transient:
      return "transient";
    case ErrorClass::permanent:
      return "permanent";
    case ErrorClass::in_doubt:
      return "in doubt";
  }
  return "?";
}

std::string_view to_string(ErrorCause value) noexcept {
  switch (value) {
    case ErrorCause::link:
      return "link";
    case ErrorCause::server:
      return "server";
    case ErrorCause::rights:
      return "rights";
    case ErrorCause::schema:
      return "schema";
    case ErrorCause::data:
      return "data";
    case ErrorCause::audit:
      return "audit";
    case ErrorCause::configuration:
      return "configuration";
    case ErrorCause::internal:
      return "internal";
  }
  return "?";
}

Error as_error(const std::exception& error) {
  if (const auto* own = dynamic_cast<const Error*>(&error)) return *own;
  return Error(ErrorClass::transient, ErrorCause::internal, error.what());
}

}  // namespace consolidador
